"""Reads QR codes (ISO/IEC 18004) as `sallyport credential add` draws them, from the terminal and from SVG: correction level M, versions
5 to 10, without correcting anything. Independent of libqrencode.

    text = read(modules_of_terminal(stdout))
"""
import re

QUIET_ZONE = 4
BLOCKS = {5: [43] * 2, 6: [27] * 4, 7: [31] * 4, 8: [38] * 2 + [39] * 2, 9: [36] * 3 + [37] * 2, 10: [43] * 4 + [44]}  # level M
ALIGNED_AT = {5: (6, 30), 6: (6, 34), 7: (6, 22, 38), 8: (6, 24, 42), 9: (6, 26, 46), 10: (6, 28, 50)}
MASKS = (lambda r, c: (r + c) % 2, lambda r, c: r % 2, lambda r, c: c % 3, lambda r, c: (r + c) % 3,
         lambda r, c: (r // 2 + c // 3) % 2, lambda r, c: r * c % 2 + r * c % 3, lambda r, c: (r * c % 2 + r * c % 3) % 2,
         lambda r, c: ((r + c) % 2 + r * c % 3) % 2)
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
FINDER = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]


def without_quiet_zone(rows):
    size = len(rows[0])
    assert all(len(row) == size for row in rows) and len(rows) == size, "not a square"
    inner = [row[QUIET_ZONE:-QUIET_ZONE] for row in rows[QUIET_ZONE:-QUIET_ZONE]]
    assert sum(map(sum, rows)) == sum(map(sum, inner)), "the quiet zone is not quiet"
    return inner


def modules_of_terminal(out):
    """Half blocks, two rows of modules a line; dark is the colour of the letters (30), light the background (107)."""
    rows = []
    for line in re.findall("\x1b\\[30;107m([ █▀▄]*)\x1b\\[0m\n", out):
        rows += [[int(one in "█▀") for one in line], [int(one in "█▄") for one in line]]
    return without_quiet_zone(rows[:len(rows[0])])  # an odd number of rows ends with half a line


def modules_of_svg(svg):
    size = int(re.search(r'viewBox="0 0 (\d+) \1"', svg).group(1))
    path = re.search(r' d="([^"]*)"', svg).group(1)
    dark = re.findall(r"M(\d+) (\d+)h1v1h-1z", path)
    assert path == "".join(f"M{x} {y}h1v1h-1z" for x, y in dark), path[:200]
    rows = [[0] * size for _ in range(size)]
    for x, y in dark:
        rows[int(y)][int(x)] = 1
    return without_quiet_zone(rows)


def belongs_to_no_word(size, version):
    """{(row, column)} of finders, their borders, format, version, timing and alignment."""
    taken = {(r, c) for r in range(size) for c in range(size) if r == 6 or c == 6}
    taken |= {(r, c) for r in range(size) for c in range(size) if (r < 9 and (c < 9 or c >= size - 8)) or (r >= size - 8 and c < 9)}
    first, *_, last = ALIGNED_AT[version]
    for r in ALIGNED_AT[version]:
        for c in ALIGNED_AT[version]:
            if (r, c) not in ((first, first), (first, last), (last, first)):
                taken |= {(r + y, c + x) for y in range(-2, 3) for x in range(-2, 3)}
    if version >= 7:
        taken |= {place for a in range(6) for b in range(size - 11, size - 8) for place in ((a, b), (b, a))}
    return taken


def bits_in_order(modules, taken, mask):
    """Two columns at a time from the right, upwards and downwards in turn; the timing column counts for none."""
    size, upwards = len(modules), True
    for right in (c for c in range(size - 1, 0, -1) if c % 2 == (0 if c > 6 else 1)):
        for r in reversed(range(size)) if upwards else range(size):
            for c in (right, right - 1):
                if (r, c) not in taken:
                    yield modules[r][c] ^ (MASKS[mask](r, c) == 0)
        upwards = not upwards


def segments(stream, version):
    """Digits, letters and bytes, as the encoder found each part shortest."""
    at = 0

    def take(bits):
        nonlocal at
        at += bits
        assert at <= len(stream), "it ends too early"
        return int(stream[at - bits:at], 2)
    while len(stream) - at >= 4 and (mode := take(4)):
        length = take({1: 10, 2: 9, 4: 8}[mode] + (0 if version < 10 else {1: 2, 2: 2, 4: 8}[mode]))
        if mode == 1:
            yield "".join(str(take(1 + 3 * n)).zfill(n) for n in [3] * (length // 3) + [length % 3] * (length % 3 > 0))
        elif mode == 2:
            pairs = [divmod(take(11), 45) for _ in range(length // 2)]
            yield "".join(LETTERS[one] for pair in pairs for one in pair) + (LETTERS[take(6)] if length % 2 else "")
        else:
            yield bytes(take(8) for _ in range(length)).decode()


def read(modules):
    size = len(modules)
    version = (size - 17) // 4
    assert size == 17 + 4 * version and version in BLOCKS, f"{size} modules wide"
    for top, left in ((0, 0), (0, size - 7), (size - 7, 0)):
        found = ["".join(map(str, row[left:left + 7])) for row in modules[top:top + 7]]
        assert found == FINDER, "\n".join(found)
    assert modules[size - 8][8] == 1, "the dark module"
    level, mask = ([a ^ b for a, b in zip(modules[8][:5], (1, 0, 1, 0, 1))][at] for at in (slice(0, 2), slice(2, 5)))
    assert level == [0, 0], f"level {level} is not M"
    bits = list(bits_in_order(modules, belongs_to_no_word(size, version), mask[0] * 4 + mask[1] * 2 + mask[2]))
    octets = [int("".join(map(str, bits[at:at + 8])), 2) for at in range(0, len(bits) - 7, 8)]
    blocks, sizes = [[] for _ in BLOCKS[version]], BLOCKS[version]
    for octet, into in zip(octets, [b for at in range(max(sizes)) for b, length in zip(blocks, sizes) if at < length]):
        into.append(octet)
    stream = "".join(f"{octet:08b}" for block in blocks for octet in block)
    return "".join(segments(stream, version))
