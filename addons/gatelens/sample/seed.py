"""The shop's tables and the made-up data in them at every start.

Source: RFC 2606 (example.com), the NANP range 555-0100 to 555-0199 kept for fiction, and the test card numbers that
the card schemes publish. No person, telephone or card behind them exists.
"""

from __future__ import annotations

from typing import Final

TABLES: Final = """
CREATE TABLE users (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, phone TEXT NOT NULL,
    card_number TEXT NOT NULL, scope TEXT NOT NULL, password_hash TEXT NOT NULL
);
CREATE TABLE products (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL, price_cents INTEGER NOT NULL
);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users, product_id INTEGER NOT NULL REFERENCES products,
    quantity INTEGER NOT NULL, total_cents INTEGER NOT NULL, card_number TEXT NOT NULL, created TEXT NOT NULL
);
CREATE INDEX orders_of_user ON orders (user_id);
CREATE TABLE notes (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users,
    title TEXT NOT NULL, text TEXT NOT NULL, created TEXT NOT NULL
);
CREATE INDEX notes_of_user ON notes (user_id);
"""

_CUSTOMER: Final = "orders notes"

USERS: Final = (
    (1, "Ada Quill", "ada@example.com", "+1 202-555-0101", "4111 1111 1111 1111", _CUSTOMER, "ada-sample-password"),
    (2, "Bo Lindqvist", "bo@example.com", "+1 202-555-0102", "5555 5555 5555 4444", _CUSTOMER, "bo-sample-password"),
    (3, "Chidi Okoro", "chidi@example.com", "+1 202-555-0103", "378282246310005", _CUSTOMER, "chidi-sample-password"),
    (4, "Dana Reyes", "dana@example.org", "+1 202-555-0104", "6011-1111-1111-1117", _CUSTOMER, "dana-sample-password"),
    (5, "Eve Admin", "admin@example.com", "+1 202-555-0105", "4012888888881881", "admin", "admin-sample-password"),
)
"""Id, name, e-mail, telephone, card number, scope, password. The passwords are public, as all of this is."""

PRODUCTS: Final = (
    (1, "Copper kettle", "Holds 1.5 l; whistles in C sharp", 4900),
    (2, "Green tea", "Sencha, 100 g, first flush", 1250),
    (3, "Teapot O'Brien", "Stoneware, 0.8 l, with a strainer", 3800),
    (4, "Sugar tongs", "Stainless steel", 900),
    (5, "Tea towel <Select>", "Linen & cotton; union of two weaves", 1100),
    (6, "Travel mug", "Keeps tea hot for 6 hours", 2400),
)
"""Id, name, description, price in cents. Some names hold what a careless filter takes for an attack."""

ORDERS: Final = (
    (1, 1, 1, 1, 4900, "4111 1111 1111 1111", "2026-03-02T09:15:00Z"),
    (2, 1, 2, 3, 3750, "4111 1111 1111 1111", "2026-03-09T17:40:00Z"),
    (3, 2, 3, 1, 3800, "5555 5555 5555 4444", "2026-03-11T11:05:00Z"),
    (4, 3, 6, 2, 4800, "378282246310005", "2026-04-01T08:00:00Z"),
    (5, 4, 4, 4, 3600, "6011-1111-1111-1117", "2026-04-18T20:30:00Z"),
)
"""Id, user, product, quantity, total in cents, card number used, time."""

NOTES: Final = (
    (1, 1, "Gift", "Wrap the kettle, please; it's a present.", "2026-03-02T09:16:00Z"),
    (2, 2, "Delivery", "Select the side door and drop the parcel on the table.", "2026-03-11T11:06:00Z"),
)
"""Id, user, title, text, time."""
