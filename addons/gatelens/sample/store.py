"""The shop's data: an SQLite database in memory, new at every start.

DELIBERATELY VULNERABLE: `search` is open to SQL injection (CWE-89); every other statement binds its values.
"""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
import threading
import time
from datetime import UTC, datetime

from gatelens.sample import seed

type Row = dict[str, str | int]

_USER = "SELECT id, name, email, phone, card_number, scope FROM users"
_PRODUCT = "SELECT id, name, description, price_cents FROM products"
_ORDER = "SELECT id, user_id, product_id, quantity, total_cents, card_number, created FROM orders"
_NOTE = "SELECT id, user_id, title, text, created FROM notes"

_LISTED = 100
"""Rows in a list, the newest first: the shop may be under load for hours, and its lists should not grow with that."""

_PATIENCE = 2.0
"""Seconds for one statement. An injected one may steal, but neither hang the machine nor reach beyond this database:
SQLite runs one statement a call and loads no extension.
"""

_LONGEST = 16 * 1024 * 1024
"""Bytes of one value, for the same reason."""


class Store:
    """Users, products, orders and notes. One connection, one statement at a time, so any thread may call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._database.row_factory = sqlite3.Row
        self._database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        self._deadline = time.monotonic() + _PATIENCE
        self._database.set_progress_handler(lambda: time.monotonic() > self._deadline, 100_000)
        self._database.executescript(seed.TABLES)
        users = [(*user[:-1], _password_hash(user[-1], user[2])) for user in seed.USERS]
        self._database.execute("BEGIN")
        self._database.executemany("INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?)", users)
        self._database.executemany("INSERT INTO products VALUES (?, ?, ?, ?)", seed.PRODUCTS)
        self._database.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?)", seed.ORDERS)
        self._database.executemany("INSERT INTO notes VALUES (?, ?, ?, ?, ?)", seed.NOTES)
        self._database.execute("COMMIT")

    def products(self) -> list[Row]:
        """Every product."""
        return self._rows(f"{_PRODUCT} ORDER BY id")

    def search(self, text: str) -> list[Row]:
        """The products with `text` in their name, which becomes part of the statement as it stands: the hole."""
        return self._rows(_PRODUCT + " WHERE name LIKE '%" + text + "%' ORDER BY id")

    def product(self, product: int) -> Row | None:
        """The product with this id."""
        return self._row(f"{_PRODUCT} WHERE id = ?", product)

    def user(self, user: int) -> Row | None:
        """The user with this id, card number and all, whoever asks."""
        return self._row(f"{_USER} WHERE id = ?", user)

    def sign_in(self, email: str, password: str) -> Row | None:
        """The user with this mail address, if the password is theirs."""
        user = self._row("SELECT id, scope, password_hash FROM users WHERE email = ?", email)
        if user is None or not hmac.compare_digest(str(user["password_hash"]), _password_hash(password, email)):
            return None
        return user

    def orders_of(self, user: int) -> list[Row]:
        """A user's orders, the newest first."""
        return self._rows(f"{_ORDER} WHERE user_id = ? ORDER BY id DESC LIMIT {_LISTED}", user)

    def order(self, order: int) -> Row | None:
        """The order with this id, whoever asks."""
        return self._row(f"{_ORDER} WHERE id = ?", order)

    def add_order(self, user: Row, product: Row, quantity: int) -> Row:
        """Place an order on the user's card."""
        values = (user["id"], product["id"], quantity, quantity * int(product["price_cents"]), user["card_number"])
        (row,) = self._rows(
            "INSERT INTO orders (user_id, product_id, quantity, total_cents, card_number, created)"
            " VALUES (?, ?, ?, ?, ?, ?) RETURNING *",
            *values,
            _now(),
        )
        return row

    def notes_of(self, user: int) -> list[Row]:
        """A user's notes, the newest first."""
        return self._rows(f"{_NOTE} WHERE user_id = ? ORDER BY id DESC LIMIT {_LISTED}", user)

    def add_note(self, user: int, title: str, text: str) -> Row:
        """Keep a note as it stands."""
        (row,) = self._rows(
            "INSERT INTO notes (user_id, title, text, created) VALUES (?, ?, ?, ?) RETURNING *",
            user,
            title,
            text,
            _now(),
        )
        return row

    def _row(self, statement: str, *values: str | int) -> Row | None:
        rows = self._rows(statement, *values)
        return rows[0] if rows else None

    def _rows(self, statement: str, *values: str | int) -> list[Row]:
        with self._lock:
            self._deadline = time.monotonic() + _PATIENCE
            return [dict(row) for row in self._database.execute(statement, values)]


def _password_hash(password: str, email: str) -> str:
    # Cheap, and salted with the address, so that the shop starts fast and an attack's result is always the same.
    return "scrypt$" + hashlib.scrypt(password.encode(), salt=email.encode(), n=1024, r=8, p=1, dklen=24).hex()


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
