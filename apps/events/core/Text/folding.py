#!/usr/bin/env python3
"""Makes folding.txt: what each character is without its marks and styles, and what it looks like.

The runtime is built without ICU (InvariantGlobalization), so it can neither normalize nor tell look-alikes. This asks
an installed ICU for its table of confusables (Unicode Technical Standard 39) and Python for compatibility
decompositions. Run it where libicu is installed: folding.py ICU_MAJOR_VERSION > folding.txt
"""
import ctypes
import sys
import unicodedata
from collections import defaultdict

version = sys.argv[1]
icu = ctypes.CDLL(f"libicui18n.so.{version}")
error = ctypes.c_int(0)
open_checker = icu[f"uspoof_open_{version}"]
open_checker.restype = ctypes.c_void_p
checker = ctypes.c_void_p(open_checker(ctypes.byref(error)))
get_skeleton = icu[f"uspoof_getSkeleton_{version}"]


def skeleton(text):
    units = text.encode("utf-16-le")
    length = len(units) // 2
    source = (ctypes.c_uint16 * (length + 1)).from_buffer_copy(units + b"\0\0")
    target = (ctypes.c_uint16 * 256)()
    failed = ctypes.c_int(0)
    size = get_skeleton(checker, 0, source, length, target, 256, ctypes.byref(failed))
    assert failed.value <= 0
    return bytes(target)[: size * 2].decode("utf-16-le")


def without_marks(text):
    return "".join(c for c in text if unicodedata.category(c) not in ("Mn", "Me", "Cf", "Cc"))


def is_hangul(c):  # done by arithmetic
    return 0xAC00 <= ord(c) <= 0xD7A3


plain, look = defaultdict(list), defaultdict(list)
for code in range(0x20, 0x110000):
    c = chr(code)
    if unicodedata.category(c) in ("Cn", "Co", "Cs", "Cc", "Cf", "Mn", "Me", "Zs", "Zl", "Zp") or is_hangul(c):
        continue
    p = without_marks(unicodedata.normalize("NFKD", c)).replace(" ", "")
    if p and p != c:
        plain[p].append(c)
    s = c
    for _ in range(2):  # what a look-alike decomposes into may look like something else again
        s = without_marks(unicodedata.normalize("NFKD", skeleton(s))).replace(" ", "")
    if s and s != c and s != p:
        look[s].append(c)

print("# Made by folding.py from Unicode data; see LICENSE-UNICODE.txt. A line: what it becomes, a tab, what becomes it.")
for title, table in (("plain", plain), ("look", look)):
    print(f"# {title}")
    for target, sources in sorted(table.items()):
        print(f"{target}\t{''.join(sources)}")
