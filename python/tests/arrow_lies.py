"""Structs that lie, each by its name; run as a program it reads them one after another and prints what became of each.

    python arrow_lies.py DATABASE FIRST

`test_hostile_arrow.py` runs it, because a lie that is believed ends the process. Only lies that a reader can notice are
here: that less memory is behind a pointer than the struct says, nobody sees.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from collections.abc import Callable, Iterator
from ctypes import pointer

import arrow_structs as arrow
from arrow_structs import HONEST, ROWS, Column, column, inline, memory, numbers, outside, packed, text, texts

import tierbook

#: Makes a table that lies.
Lie = Callable[[], object]

HUGE, LEAST = 2**62, -(2**63)
LONG = arrow.LONG


def array_lies(honest: Column) -> Iterator[tuple[str, Callable[[Column], None]]]:
    """What the struct of an array may get wrong, for a column of that layout."""
    fields = [("length", it) for it in (-1, LEAST, HUGE)] + [("offset", it) for it in (-1, LEAST, HUGE)]
    count = honest.buffers
    # A column of views has any number of buffers.
    wrong = [count + 1, max(count - 1, 0), 0] if count < 4 else [2, 1, 0]
    fields += [("n_buffers", it) for it in dict.fromkeys((-1, 2**40, LEAST, *wrong)) if it != count]
    children = len(honest.children)
    fields += [("n_children", it) for it in (-1, children + 1, 2**40) + ((children - 1,) if children else ())]
    has_bitmap = count > 0 and not honest.array.buffers[0]
    if has_bitmap:
        fields += [("null_count", it) for it in (1, ROWS + 1, HUGE)]
    for name, value in fields:
        yield f"{name} is {value}", lambda it, name=name, value=value: setattr(it.array, name, value)
    if count > 1 or (count and not has_bitmap):
        yield "buffers is null", lambda it: setattr(it.array, "buffers", arrow.NULL_BUFFERS)
    for number in range(int(has_bitmap), count):
        yield f"buffer {number} is null", lambda it, number=number: it.array.buffers.__setitem__(number, None)
    if has_bitmap:
        yield "null_count is 0, but a row is null", lambda it: it.array.buffers.__setitem__(0, memory(b"\xfe"))
        yield (
            "null_count is 1, but no row is null",
            lambda it: (
                it.array.buffers.__setitem__(0, memory(b"\xff")),
                setattr(it.array, "null_count", 1),
            ),
        )
    if children:
        yield "children is null", lambda it: setattr(it.array, "children", arrow.NULL_ARRAYS)
        yield "child 0 is null", lambda it: it.array.children.__setitem__(0, arrow.NULL_ARRAY)
    if honest.dictionary is None:
        yield "has a dictionary", lambda it: setattr(it.array, "dictionary", pointer(texts("u").array))
    else:
        yield "has no dictionary", lambda it: setattr(it.array, "dictionary", arrow.NULL_ARRAY)
    yield "is released", lambda it: setattr(it.array, "release", None)


def schema_lies(honest: Column, has_name: bool) -> Iterator[tuple[str, Callable[[Column], None]]]:
    """What the struct of a type may get wrong."""
    yield "format is null", lambda it: setattr(it.schema, "format", None)
    for kind in (
        b"",
        b"\xff\xfe",
        b"?",
        b"u ",
        b"+",
        b"d:",
        b"d:x,y",
        b"d:1",
        b"w:x",
        b"+w:",
        b"+us:x",
        b"ts",
        b"tsu",
        b"tsx:",
    ):
        yield f"format is {kind!r}", lambda it, kind=kind: setattr(it.schema, "format", text(kind))
    for count in (-1, len(honest.children) + 1, 2**40) if not honest.children else (-1, 2**40):
        yield f"schema.n_children is {count}", lambda it, count=count: setattr(it.schema, "n_children", count)
    if honest.children:
        yield "schema.n_children is 0", lambda it: setattr(it.schema, "n_children", 0)
        yield "schema.children is null", lambda it: setattr(it.schema, "children", arrow.NULL_SCHEMAS)
        yield "schema.child 0 is null", lambda it: it.schema.children.__setitem__(0, arrow.NULL_SCHEMA)
        yield "is its own child", lambda it: it.schema.children.__setitem__(0, pointer(it.schema))
    yield "is its own dictionary", lambda it: setattr(it.schema, "dictionary", pointer(it.schema))
    yield "schema is released", lambda it: setattr(it.schema, "release", None)
    if not has_name:
        return
    yield "name is no UTF-8", lambda it: setattr(it.schema, "name", text(b"\xff"))
    for said, content in [
        ("less than no entries", packed("i", -1)),
        ("a key of a negative length", packed("i", 1, -5)),
        ("a value of a negative length", packed("i", 1, 1) + b"k" + packed("i", -1)),
        ("a key that is no UTF-8", packed("i", 1, 1) + b"\xff" + packed("i", 0)),
    ]:
        yield f"metadata has {said}", lambda it, content=content: setattr(it.schema, "metadata", memory(content))


def systematic() -> Iterator[tuple[str, Lie]]:
    """Every field of every struct of every layout."""
    for layout, make in HONEST.items():
        for path, node in make().nodes(layout):
            # The name of a dictionary is of no use, and not read.
            for what, lie in [*array_lies(node), *schema_lies(node, not path.endswith("/dictionary"))]:

                def lying(make=make, layout=layout, path=path, lie=lie) -> object:
                    made = make()
                    lie(dict(made.nodes(layout))[path])
                    return arrow.Producer(arrow.table(made))

                yield f"{path}: {what}", lying


def dictionary(kind: str, *keys: int) -> Column:
    return column({"b": "c", "B": "C"}.get(kind, kind), [None, packed(kind, *keys)], dictionary=texts("u", 2))


#: Columns whose structs are right and whose contents are not.
CONTENTS: dict[str, Callable[[], Column]] = {
    "offsets go back": lambda: column("u", [None, packed("i", 0, 2, 1, 3), b"abc"]),
    "offsets go past the last": lambda: column("u", [None, packed("i", 0, 900, 1, 3), b"abc"]),
    "an offset is negative": lambda: column("u", [None, packed("i", 0, -1, 2, 3), b"abc"]),
    "the first offset is negative": lambda: column("u", [None, packed("i", -5, 1, 2, 3), b"abc"]),
    "the last offset is negative": lambda: column("u", [None, packed("i", 0, 1, 2, -3), b"abc"]),
    "the first offset is after the last": lambda: column("u", [None, packed("i", 9, 1, 2, 3), b"abc"]),
    "large offsets go back": lambda: column("U", [None, packed("q", 0, 2, 1, 3), b"abc"]),
    "a large offset is the least number": lambda: column("U", [None, packed("q", 0, LEAST, 2, 3), b"abc"]),
    "the last large offset is beyond every memory": lambda: column("U", [None, packed("q", 0, 1, 2, HUGE), b"abc"]),
    "the last large offset is negative": lambda: column("U", [None, packed("q", 0, 1, 2, -3), b"abc"]),
    "offsets of bytes go back": lambda: column("z", [None, packed("i", 0, 2, 1, 3), b"abc"]),
    "offsets of bytes go beyond every memory": lambda: column("Z", [None, packed("q", 0, 1, 2, HUGE), b"abc"]),
    "a text is no UTF-8": lambda: column("u", [None, packed("i", 0, 1, 2, 3), b"a\xffc"]),
    "a character is in two texts": lambda: column("u", [None, packed("i", 0, 1, 2, 3), "aé".encode()]),
    "a large text is no UTF-8": lambda: column("U", [None, packed("q", 0, 1, 2, 3), b"\xc3bc"]),
    "a view is of no buffer": lambda: viewed(outside(LONG, buffer=1)),
    "a view is of a negative buffer": lambda: viewed(outside(LONG, buffer=-1)),
    "a view goes past its buffer": lambda: viewed(outside(LONG, offset=1)),
    "a view has a negative offset": lambda: viewed(outside(LONG, offset=-1)),
    "a view has a negative length": lambda: viewed(struct.pack("<i12s", -1, b"abc")),
    "a view begins with other letters": lambda: viewed(struct.pack("<i4sii", len(LONG), b"zzzz", 0, 0)),
    "a view is no UTF-8": lambda: viewed(inline(b"\xff")),
    "a view is no UTF-8 outside": lambda: viewed(outside(b"\xff" * 20), b"\xff" * 20),
    "an inline view has letters after its end": lambda: viewed(struct.pack("<i12s", 1, b"abc")),
    "the length of a buffer of views is negative": lambda: viewed(outside(LONG), length=-1),
    "the length of a buffer of views is beyond every memory": lambda: viewed(outside(LONG), length=HUGE),
    "the length of a buffer of views is the least number": lambda: viewed(outside(LONG), length=LEAST),
    "an index is past the dictionary": lambda: dictionary("b", 0, 2, 1),
    "an index is negative": lambda: dictionary("b", 0, -1, 1),
    "an index without a sign is past the dictionary": lambda: dictionary("B", 0, 200, 1),
    "the index is a float": lambda: column("g", [None, packed("d", 0, 1, 0)], dictionary=texts("u", 2)),
    "the index is a text": lambda: column("u", [None, packed("i", 0, 1, 2, 3), b"010"], dictionary=texts("u", 2)),
    "a list goes back": lambda: column("+l", [None, packed("i", 0, 2, 1, 3)], children=[numbers(4)]),
    "a list goes past its items": lambda: column("+l", [None, packed("i", 0, 1, 2, 5)], children=[numbers(4)]),
    "a large list is beyond every memory": lambda: column(
        "+L", [None, packed("q", 0, 1, 2, HUGE)], children=[numbers(4)]
    ),
    "a view of a list goes past its items": lambda: list_view(packed("i", 0, 1, 2), packed("i", 1, 1, 3)),
    "a view of a list has a negative size": lambda: list_view(packed("i", 0, 1, 2), packed("i", 1, -1, 2)),
    "a view of a list has a negative offset": lambda: list_view(packed("i", 0, -1, 2), packed("i", 1, 1, 2)),
    "a list of a fixed size has too few items": lambda: column("+w:2", [None], children=[numbers(5)]),
    "a list has a negative size": lambda: column("+w:-1", [None], children=[numbers(6)]),
    "a list has an enormous size": lambda: column("+w:2147483647", [None], children=[numbers(6)]),
    "bytes have a negative size": lambda: column("w:-4", [None, b"aaaabbbbcccc"]),
    "a child of a struct has too few rows": lambda: column("+s", [None], children=[numbers(2)]),
    "the column has too few rows": lambda: numbers(2),
    "a child of a union has too few rows": lambda: column("+us:0", [bytes(3)], children=[numbers(2)]),
    "a type of a union is not declared": lambda: column("+us:0", [packed("b", 0, 7, 0)], children=[numbers()]),
    "a type of a union is negative": lambda: column("+us:0", [packed("b", 0, -1, 0)], children=[numbers()]),
    "a union declares a negative type": lambda: column("+us:-1", [packed("b", -1, -1, -1)], children=[numbers()]),
    "a union declares a type twice": lambda: column("+us:0,0", [bytes(3)], children=[numbers(), numbers()]),
    "a union declares a type too many": lambda: column("+us:0,1", [bytes(3)], children=[numbers()]),
    "an offset of a union goes past its child": lambda: dense(packed("i", 0, 1, 3)),
    "an offset of a union is negative": lambda: dense(packed("i", 0, -1, 2)),
    "runs end before the column": lambda: runs(packed("i", 1, 2)),
    "runs go back": lambda: runs(packed("i", 3, 1)),
    "a run is empty": lambda: runs(packed("i", 0, 3)),
    "runs of texts": lambda: column("+r", [], children=[texts("u", 2, nullable=False), texts("u", 2)]),
    "a map has no pairs": lambda: column("+m", [None, packed("i", 0, 1, 2, 3)], children=[numbers(nullable=False)]),
    "a decimal has no digits": lambda: column("d:0,0", [None, bytes(48)]),
    "a decimal has too many digits": lambda: column("d:99,0", [None, bytes(48)]),
    "a decimal has a bound of no width": lambda: column("d:5,0,7", [None, bytes(48)]),
}


def viewed(second: bytes, data: bytes = LONG, length: int | None = None) -> Column:
    views = inline(b"a") + second + inline(b"c")
    return column("vu", [None, views, data, packed("q", len(data) if length is None else length)])


def list_view(offsets: bytes, sizes: bytes) -> Column:
    return column("+vl", [None, offsets, sizes], children=[numbers(4)])


def dense(offsets: bytes) -> Column:
    return column("+ud:0", [bytes(3), offsets], children=[numbers(3)])


def runs(ends: bytes) -> Column:
    return column("+r", [], children=[column("i", [None, ends], 2, nullable=False), texts("u", 2)])


def misaligned(make: Callable[[], Column], buffer: int, content: bytes) -> Column:
    made = make()
    made.array.buffers[buffer] = memory(content, misaligned_by=1)
    return made


#: Pointers that are where no number of that size may be.
MISALIGNED: dict[str, Callable[[], Column]] = {
    "offsets are misaligned": lambda: misaligned(HONEST["u"], 1, packed("i", 0, 1, 2, 3)),
    "large offsets are misaligned": lambda: misaligned(HONEST["U"], 1, packed("q", 0, 1, 2, 3)),
    "lengths of buffers are misaligned": lambda: misaligned(HONEST["vu"], 3, packed("q", len(LONG))),
}


def without_rows(kind: str, last: int) -> Column:
    """No rows, but an offset into the buffers, which end at `last`."""
    made = column(kind, [None, packed("i" if kind == "u" else "q", 0, last), b"abc"], 0)
    made.array.offset = 1
    return made


def nulls_in(column: Column) -> Column:
    """A null in a column that has none."""
    column.schema.flags, column.array.null_count, column.array.buffers[0] = 0, 1, memory(b"\x05")
    return column


def changed(name: str, value: object) -> Lie:
    """A stream with one field of its struct changed."""

    def lying() -> object:
        producer = arrow.Producer(arrow.table(numbers()))
        setattr(producer.stream, name, value)
        return producer

    return lying


def producing(**options: object) -> Lie:
    return lambda: arrow.Producer(arrow.table(numbers()), **options)


def deep(kind: str) -> Column:
    """A list in a list in a list, a hundred thousand times."""
    made = numbers(1)
    for _ in range(100_000):
        made = column(kind, [None, packed("i", 0, 1)], 1, children=[made])
    return made


def named(capsule_name: bytes) -> Lie:
    def lying() -> object:
        producer = arrow.Producer(arrow.table(numbers()))
        name = arrow.kept(ctypes.create_string_buffer(capsule_name))
        producer.capsule = arrow.new_capsule(ctypes.addressof(producer.stream), ctypes.addressof(name), None)
        return producer

    return lying


def pair_of(change: Callable[[Column], None]) -> Lie:
    def lying() -> object:
        made = arrow.table(numbers())
        change(made)
        return arrow.Pair(made)

    return lying


def no_table() -> object:
    made = numbers()
    made.schema.release, made.array.release = (
        arrow.table(numbers()).schema.release,
        arrow.table(numbers()).array.release,
    )
    return arrow.Producer(made)


#: What the stream itself may get wrong.
STREAMS: dict[str, Lie] = {
    "get_schema is null": changed("get_schema", None),
    "get_next is null": changed("get_next", None),
    "the stream is released": changed("release", None),
    "get_schema fails": producing(code=5),
    "get_schema fails without a message": producing(code=5, message=None),
    "get_schema fails with a message that is no UTF-8": producing(code=5, message=b"\xff\xfe"),
    "get_next fails": producing(code_of_next=-5),
    "get_next fails without a message": producing(code_of_next=22, message=None),
    "the table is one column": no_table,
    "the capsule has another name": named(b"arrow_array"),
    "the array of a pair is released": pair_of(lambda it: setattr(it.array, "release", None)),
    "the schema of a pair is released": pair_of(lambda it: setattr(it.schema, "release", None)),
    "the schema of a pair has no format": pair_of(lambda it: setattr(it.schema, "format", None)),
    "the array of a pair has no children": pair_of(lambda it: setattr(it.array, "n_children", 0)),
    "a row of the table is null": lambda: arrow.Producer(nulls_in(arrow.table(numbers()))),
    "a column has a null that its type forbids": lambda: arrow.Producer(arrow.table(nulls_in(numbers()))),
    "no rows, an offset, and a negative end": lambda: arrow.Producer(arrow.table(without_rows("u", -1))),
    "lists in lists without end": lambda: arrow.Producer(arrow.table(deep("+l"))),
    "get_last_error is null": lambda: failing_without_words(),
}


def failing_without_words() -> object:
    producer = arrow.Producer(arrow.table(numbers()), code=5)
    producer.stream.get_last_error = None
    return producer


def cases() -> dict[str, Lie]:
    """Every lie by its name."""
    found = dict(systematic())
    for what, make in [*CONTENTS.items(), *MISALIGNED.items()]:
        found[what] = lambda make=make: arrow.Producer(arrow.table(make()))
    return found | STREAMS


def outcome(rules: tierbook.Snapshot, frame: object) -> str:
    """The class of the exception with which a table is refused; or what is wrong with how it was."""
    before = dict(arrow.released)
    try:
        table = rules.evaluate(frame, as_of="2026-02-07")
        list(table.to_dicts() if "x" not in table.columns else table["mmr"])
    except tierbook.Error as error:
        found = type(error).__name__
    except BaseException as error:
        return f"raises {type(error).__module__}.{type(error).__name__}: {error}"
    else:
        return "believed"
    times = {what: count - before[what] for what, count in arrow.released.items()}
    if times["child"] or max(times.values()) > 1:
        return f"released {times}"
    return found


if __name__ == "__main__":
    rules = tierbook.open(sys.argv[1]).snapshot()
    for name, lie in list(cases().items())[int(sys.argv[2]) :]:
        print(name, flush=True)
        print(" ", outcome(rules, lie()), flush=True)
