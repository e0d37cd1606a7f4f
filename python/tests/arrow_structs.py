"""The structs of Arrow's C interfaces by `ctypes`, and columns that are made of them by hand.

No library stands between a test and the importer here, so that a struct can say what no library would.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Iterator, Sequence
from ctypes import POINTER, c_int, c_int64, c_void_p, cast, pointer
from dataclasses import dataclass, field
from typing import Any

#: How many rows each table has.
ROWS = 3

#: What is alive as long as the process: the structs point to it.
_KEPT: list[Any] = []


class Schema(ctypes.Structure):
    """`ArrowSchema`: a type and its name."""


class Array(ctypes.Structure):
    """`ArrowArray`: a column."""


class Stream(ctypes.Structure):
    """`ArrowArrayStream`: a type, and columns of it."""


Schema._fields_ = [
    ("format", c_void_p),
    ("name", c_void_p),
    ("metadata", c_void_p),
    ("flags", c_int64),
    ("n_children", c_int64),
    ("children", POINTER(POINTER(Schema))),
    ("dictionary", POINTER(Schema)),
    ("release", c_void_p),
    ("private_data", c_void_p),
]
Array._fields_ = [
    ("length", c_int64),
    ("null_count", c_int64),
    ("offset", c_int64),
    ("n_buffers", c_int64),
    ("n_children", c_int64),
    ("buffers", POINTER(c_void_p)),
    ("children", POINTER(POINTER(Array))),
    ("dictionary", POINTER(Array)),
    ("release", c_void_p),
    ("private_data", c_void_p),
]
Stream._fields_ = [(name, c_void_p) for name in ("get_schema", "get_next", "get_last_error", "release", "private_data")]

NULL_SCHEMAS, NULL_SCHEMA = POINTER(POINTER(Schema))(), POINTER(Schema)()
NULL_ARRAYS, NULL_ARRAY = POINTER(POINTER(Array))(), POINTER(Array)()
NULL_BUFFERS = POINTER(c_void_p)()


def kept(made: Any) -> Any:
    _KEPT.append(made)
    return made


def memory(content: bytes | None, misaligned_by: int = 0) -> int | None:
    """The address of a copy of some bytes, with a good margin behind them."""
    if content is None:
        return None
    place = kept(ctypes.create_string_buffer(len(content) + 128))
    address = ctypes.addressof(place)
    address += -address % 64 + misaligned_by
    ctypes.memmove(address, content, len(content))
    return address


def text(content: bytes) -> int:
    address = memory(content + b"\0")
    assert address is not None
    return address


def function(kind: Any, call: Callable[..., Any]) -> int:
    """The address of a function of Python, for C."""
    address = cast(kept(kind(call)), c_void_p).value
    assert address is not None
    return address


#: How often the structs that were handed over, and their children, were released.
released = {"schema": 0, "array": 0, "stream": 0, "child": 0}


def releases(what: str, kind: type[ctypes.Structure]) -> int:
    def release(it: Any) -> None:
        released[what] += 1
        it.contents.release = None

    return function(ctypes.CFUNCTYPE(None, POINTER(kind)), release)


RELEASE_CHILD_SCHEMA, RELEASE_CHILD_ARRAY = releases("child", Schema), releases("child", Array)


@dataclass
class Column:
    """A type and a column of it, as structs that may be changed."""

    schema: Schema
    array: Array
    children: Sequence[Column] = field(default=())
    dictionary: Column | None = None

    def nodes(self, path: str = "x") -> Iterator[tuple[str, Column]]:
        """Itself and all below it, each with a name."""
        yield path, self
        for number, child in enumerate(self.children):
            yield from child.nodes(f"{path}/{number}")
        if self.dictionary is not None:
            yield from self.dictionary.nodes(f"{path}/dictionary")

    @property
    def buffers(self) -> int:
        return int(self.array.n_buffers)


def column(
    kind: str,
    buffers: Sequence[bytes | None] = (None,),
    length: int = ROWS,
    children: Sequence[Column] = (),
    dictionary: Column | None = None,
    name: str = "x",
    nullable: bool = True,
) -> Column:
    """An honest column."""
    schema, array = kept(Schema()), kept(Array())
    schema.format, schema.name, schema.flags = text(kind.encode()), text(name.encode()), 2 * nullable
    schema.release, array.release = RELEASE_CHILD_SCHEMA, RELEASE_CHILD_ARRAY
    schema.n_children = array.n_children = len(children)
    if children:
        schema.children = kept((POINTER(Schema) * len(children))(*(pointer(it.schema) for it in children)))
        array.children = kept((POINTER(Array) * len(children))(*(pointer(it.array) for it in children)))
    if dictionary is not None:
        schema.dictionary, array.dictionary = pointer(dictionary.schema), pointer(dictionary.array)
    array.length, array.n_buffers = length, len(buffers)
    if buffers:
        array.buffers = kept((c_void_p * len(buffers))(*map(memory, buffers)))
    return Column(schema, array, children, dictionary)


def packed(kind: str, *numbers: float) -> bytes:
    return struct.pack(f"<{len(numbers)}{kind}", *numbers)


def inline(content: bytes) -> bytes:
    """The view of a text of at most 12 bytes."""
    return struct.pack("<i12s", len(content), content)


def outside(content: bytes, buffer: int = 0, offset: int = 0) -> bytes:
    """The view of a longer one, which is in a buffer."""
    return struct.pack("<i4sii", len(content), content[:4], buffer, offset)


LONG = b"a text that is no inline one"


def view(kind: str) -> Column:
    views = inline(b"a") + outside(LONG) + inline(b"c")
    return column(kind, [None, views, LONG, packed("q", len(LONG))])


def numbers(length: int = ROWS, name: str = "x", nullable: bool = True) -> Column:
    return column("l", [None, packed("q", *range(1, length + 1))], length, name=name, nullable=nullable)


def texts(kind: str, length: int = ROWS, name: str = "x", nullable: bool = True) -> Column:
    offsets = packed("i" if kind.islower() else "q", *range(length + 1))
    return column(kind, [None, offsets, b"abcdef"[:length]], length, name=name, nullable=nullable)


def mapped() -> Column:
    entries = column(
        "+s", [None], 4, [texts("u", 4, "key", False), numbers(4, "value")], name="entries", nullable=False
    )
    return column("+m", [None, packed("i", 0, 1, 2, 4)], children=[entries])


def run_ends() -> Column:
    ends = column("i", [None, packed("i", 1, 3)], 2, name="run_ends", nullable=False)
    return column("+r", [], children=[ends, texts("u", 2, "values")])


#: Honest columns of every layout.
HONEST: dict[str, Callable[[], Column]] = {
    "u": lambda: texts("u"),
    "U": lambda: texts("U"),
    "vu": lambda: view("vu"),
    "z": lambda: texts("z"),
    "Z": lambda: texts("Z"),
    "vz": lambda: view("vz"),
    "b": lambda: column("b", [None, b"\x05"]),
    "l": numbers,
    "g": lambda: column("g", [None, packed("d", 1.5, 2.5, 3.5)]),
    "d:20,4": lambda: column("d:20,4", [None, packed("q", 1, 0, 2, 0, 3, 0)]),
    "d:9,2,32": lambda: column("d:9,2,32", [None, packed("i", 1, 2, 3)]),
    "tsu:UTC": lambda: column("tsu:UTC", [None, packed("q", 1, 2, 3)]),
    "tdD": lambda: column("tdD", [None, packed("i", 1, 2, 3)]),
    "w:4": lambda: column("w:4", [None, b"aaaabbbbcccc"]),
    "n": lambda: column("n", []),
    "dictionary": lambda: column("c", [None, packed("b", 0, 1, 0)], dictionary=texts("u", 2)),
    "+l": lambda: column("+l", [None, packed("i", 0, 1, 2, 4)], children=[numbers(4, "item")]),
    "+L": lambda: column("+L", [None, packed("q", 0, 1, 2, 4)], children=[numbers(4, "item")]),
    "+vl": lambda: column("+vl", [None, packed("i", 0, 1, 2), packed("i", 1, 1, 2)], children=[numbers(4, "item")]),
    "+w:2": lambda: column("+w:2", [None], children=[numbers(6, "item")]),
    "+s": lambda: column("+s", [None], children=[numbers(name="a"), texts("u", name="b")]),
    "+m": mapped,
    "+r": run_ends,
    "+us:0,1": lambda: column("+us:0,1", [packed("b", 0, 1, 0)], children=[numbers(name="a"), texts("u", name="b")]),
    "+ud:0,1": lambda: column(
        "+ud:0,1", [packed("b", 0, 1, 0), packed("i", 0, 0, 1)], children=[numbers(2, "a"), texts("u", 1, "b")]
    ),
}


def table(tested: Column) -> Column:
    """A table of which `evaluate` answers the rows, with one more column."""
    names = column("u", [None, packed("i", 0, 7, 14, 21), b"ACTUSDT" * ROWS], name="symbol")
    made = column("+s", [None], children=[names, numbers(name="notional"), tested], name="")
    made.schema.release, made.array.release = releases("schema", Schema), releases("array", Array)
    return made


new_capsule = ctypes.pythonapi.PyCapsule_New
new_capsule.restype, new_capsule.argtypes = ctypes.py_object, [c_void_p, c_void_p, c_void_p]


class Producer:
    """A table behind the stream interface. What it does may be changed before it is read."""

    def __init__(self, given: Column, code: int = 0, code_of_next: int = 0, message: bytes | None = b"no more") -> None:
        self.given, self.left = given, 1
        self.code, self.code_of_next = code, code_of_next
        address = None if message is None else text(message)
        stream = self.stream = kept(Stream())
        stream.get_schema = function(ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p), self.get_schema)
        stream.get_next = function(ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p), self.get_next)
        stream.get_last_error = function(ctypes.CFUNCTYPE(c_void_p, c_void_p), lambda stream: address)
        stream.release = releases("stream", Stream)
        self.name = kept(ctypes.create_string_buffer(b"arrow_array_stream"))
        self.capsule = new_capsule(ctypes.addressof(stream), ctypes.addressof(self.name), None)

    def get_schema(self, stream: int, out: int) -> int:
        if self.code == 0:
            ctypes.memmove(out, ctypes.addressof(self.given.schema), ctypes.sizeof(Schema))
        return self.code

    def get_next(self, stream: int, out: int) -> int:
        if self.left == 0:
            ctypes.memset(out, 0, ctypes.sizeof(Array))
            return self.code_of_next
        self.left -= 1
        ctypes.memmove(out, ctypes.addressof(self.given.array), ctypes.sizeof(Array))
        return 0

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.capsule


class Pair:
    """A table behind the interface of one array."""

    def __init__(self, given: Column) -> None:
        self.given = given
        self.names = [kept(ctypes.create_string_buffer(name)) for name in (b"arrow_schema", b"arrow_array")]
        addresses = [ctypes.addressof(given.schema), ctypes.addressof(given.array)]
        pairs = zip(addresses, map(ctypes.addressof, self.names))
        self.capsules = tuple(new_capsule(address, name, None) for address, name in pairs)

    def __arrow_c_array__(self, requested_schema: object = None) -> object:
        return self.capsules
