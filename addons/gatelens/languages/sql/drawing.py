"""Draw a statement with an ordinary value in it beside the same with this value: what the value brings is planted.

Source: Su and Wassermann (POPL 2006), figure 2: an attack is a value that is more than one leaf of the tree.
Limits: the tree of sqlglot cut to a dozen nodes; where no dialect parses the statement (it is cut off), what the value
does is drawn instead, in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from sqlglot import expressions

from gatelens.languages.sql.breakout import Exit, Place
from gatelens.languages.sql.grammar import parsed
from gatelens.languages.sql.lexer import Ending, Reading
from gatelens.model.explanation import Explanation, Tree

_MOST_NODES = 11
_MOST_CHILDREN = 4
_MOST_PIECE = 24

_CONTEXTS = {
    Place.SINGLE: "a string in single quotes in a WHERE condition",
    Place.DOUBLE: "a string or name in double quotes in a WHERE condition",
    Place.BACKTICK: "a name in backticks in a WHERE condition",
    Place.DOLLAR: "a dollar-quoted string in a WHERE condition",
    Place.COMMENT: "a comment within a statement",
    Place.PARENTHESIS: "a subquery in parentheses",
    Place.NUMBER: "a number in a WHERE condition",
    Place.STRING: "a string in a WHERE condition, sent with its quotes",
    Place.NAME: "a name of a column, as in ORDER BY",
    Place.NOTHING: "a value in a WHERE condition",
    Place.EXPRESSION: "a value in a list of columns, as in ORDER BY",
    Place.CALL: "a value in a list of columns, as in ORDER BY",
}

_DIALECTS = {"mysql": "MySQL", "postgres": "PostgreSQL", "tsql": "T-SQL", "oracle": "Oracle", "sqlite": "SQLite"}

_WORDS = {
    "EQ": "=", "NEQ": "<>", "GT": ">", "LT": "<", "GTE": ">=", "LTE": "<=", "NullSafeEQ": "<=>", "DPipe": "||",
    "Add": "+", "Sub": "-", "Mul": "*", "Div": "/", "Mod": "%", "Neg": "-", "Paren": "( )", "Star": "*",
    "Literal": "a constant", "HexString": "a constant", "Boolean": "a constant", "Null": "NULL",
    "Column": "a column", "Table": "a table", "Identifier": "a name", "Anonymous": "a call", "Alias": "AS",
    "SessionParameter": "a system variable", "Parameter": "a variable",
}  # fmt: skip
"""What a node of sqlglot is called; others by their own name in capitals, as SQL writes them."""

_PASSED_OVER = (expressions.Identifier, expressions.Placeholder)


class _Node(Struct):
    """A node while the tree grows."""

    label: str
    planted: bool
    piece: str
    children: list[_Node]


def explanation(
    reading: Reading, exit_: Exit | None, dialects: Sequence[str], most_nesting: int, words: str
) -> Explanation:
    """How `reading`, the rest of a value behind `exit_`, reads in a statement; `words` say what it does. Without an
    exit the value is a piece of SQL as a whole."""
    place = exit_.place if exit_ else Place.NOTHING
    listed = place in (Place.EXPRESSION, Place.CALL)
    harmless = _harmless("a column" if listed else "a constant", listed=listed)
    statement, dialect = parsed(reading, exit_, dialects, most_nesting) if exit_ else (None, "")
    context = f"{_CONTEXTS[place]}; {_DIALECTS[dialect]}" if dialect else _CONTEXTS[place]
    cut = reading.ending is Ending.COMMENT
    attack = _drawn(statement, listed=listed, cut=cut) if statement else _told(words, listed=listed)
    return Explanation(context, harmless, attack)


def _harmless(value: str, *, listed: bool) -> Tree:
    if listed:
        return Tree("SELECT", (Tree(value),))
    condition = Tree("=", (Tree("a column"), Tree(value)))
    return Tree("SELECT", (Tree("a table"), Tree("WHERE", (condition,))))


def _told(words: str, *, listed: bool) -> Tree:
    """What the value does, as children of the place where it stands."""
    planted = tuple(Tree(word, planted=True) for word in words.partition(";")[0].split(", ")[:_MOST_CHILDREN])
    if listed:
        return Tree("SELECT", planted)
    return Tree(
        "SELECT", (Tree("a table"), Tree("WHERE", (Tree("=", (Tree("a column"), Tree("a constant"))), *planted)))
    )


def _drawn(statements: Sequence[expressions.Expr], *, listed: bool, cut: bool) -> Tree:
    """The statements, level by level, until a dozen nodes are drawn."""
    roots = [_node(statement, listed=listed) for statement in statements[:_MOST_CHILDREN]]
    level = list(zip(roots, statements, strict=False))
    count = len(level)
    while level:
        below: list[tuple[_Node, expressions.Expr]] = []
        for node, expression in level:
            for child in _children(expression):
                if count == _MOST_NODES or len(node.children) == _MOST_CHILDREN:
                    break
                drawn = _node(child, listed=listed)
                node.children.append(drawn)
                below.append((drawn, child))
                count += 1
        level = below
    if cut:
        roots[-1].children.append(_Node("the rest is cut off", planted=True, piece="", children=[]))
    frozen = [_frozen(root) for root in roots]
    return frozen[0] if len(frozen) == 1 else Tree("statements", tuple(frozen))


def _children(expression: expressions.Expr) -> Iterator[expressions.Expr]:
    """What hangs below a node; clauses of no content, and the column that the statement asks for, are passed over."""
    for child in expression.iter_expressions():
        if isinstance(child, (expressions.From, expressions.Having, expressions.Tuple)):
            yield from child.iter_expressions()
        elif not isinstance(child, _PASSED_OVER) and not (_is_column(child) and _is_own_query(expression)):
            yield child


def _node(expression: expressions.Expr, *, listed: bool) -> _Node:
    name = type(expression).__name__
    own = _is_of_the_statement(expression, listed=listed)
    leaf = isinstance(expression, (expressions.Literal, expressions.Column, expressions.Table, expressions.Anonymous))
    piece = expression.name[:_MOST_PIECE] if leaf and not own else ""
    return _Node(_WORDS.get(name, name.upper()), not own, piece, [])


def _is_of_the_statement(expression: expressions.Expr, *, listed: bool) -> bool:
    """Whether the statement that the value is put into has the node: `SELECT c FROM t WHERE c = 'v'`."""
    parent = expression.parent
    if listed:
        return parent is None
    match expression:
        case expressions.Select():
            return _is_own_query(expression)
        case expressions.Where():
            return parent is not None and _is_own_query(parent)
        case expressions.EQ():
            return _is_own_comparison(expression)
        case expressions.Table():
            return expression.name == "t"
        case _:
            return parent is not None and _is_own_comparison(parent)


def _is_own_query(expression: expressions.Expr) -> bool:
    table = expression.find(expressions.Table) if isinstance(expression, expressions.Select) else None
    return table is not None and table.name == "t"


def _is_own_comparison(expression: expressions.Expr) -> bool:
    if not isinstance(expression, expressions.EQ):
        return False
    return _is_column(expression.left) and expression.right.name in ("v", "1")


def _is_column(expression: expressions.Expr) -> bool:
    return isinstance(expression, expressions.Column) and expression.name == "c"


def _frozen(root: _Node) -> Tree:
    """The tree of `root`, children first: it is a dozen nodes, so the order is found once."""
    order = [root]
    for node in order:
        order.extend(node.children)
    made: dict[int, Tree] = {}
    for node in reversed(order):
        made[id(node)] = Tree(node.label, tuple(made[id(child)] for child in node.children), node.planted, node.piece)
    return made[id(root)]
