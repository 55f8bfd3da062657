# SPDX-License-Identifier: BSL-1.0
"""Writes a run of run.py as JSON, Markdown and SVG charts."""
import json
import math
import re
import statistics

TITLES = {"c": "C", "keyway": "keyway", "asio": "Asio", "boost": "Boost.Asio", "poco": "POCO", "sfml": "SFML", "uv": "libuv"}

# Title, file, cases, and whether the ways of a group are compared with its first one.
SECTIONS = [
    ("Stream connections", "streams", r"(TCP|AF_UNIX)(?!.*two CPUs)", False),
    ("Two CPUs: sleeping, or spinning first", "spin", r".*two CPUs: ", True),
    ("Datagrams over the loopback device", "datagrams", r"UDP, ", True),
    ("Bytes: files, copies, zero-copy", "copies", r"(Copy|File|Zero-copy).*: ", True),
    ("Waiting for many sockets, and servers", "events", r"(100 active|Server)", False),
    ("Addresses and descriptors", "values", r"(Address|Descriptor)", False),
]


def rounds_of(rates, name):
    """The ratio to C in each round in which both were measured."""
    return [one / c for one, c in zip(rates.get(name, []), rates["c"]) if one and c]


def quartiles(values):
    return statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3


class Case:
    """What a run says of one case."""

    def __init__(self, name, rates):
        self.name = name
        self.group, _, self.way = name.partition(": ")
        self.rates = rates
        self.median = {one: statistics.median(values) for one, all in rates.items() if (values := [v for v in all if v])}
        low, _, high = quartiles(rounds_of(rates, "c again"))
        self.noise = max(abs(1 - low), abs(high - 1))
        self.quartiles = {one: quartiles(ratios) for one in rates if (ratios := rounds_of(rates, one))}
        self.ratio = {one: middle for one, (_, middle, _) in self.quartiles.items()}

    def spread(self, name):
        low, middle, high = quartiles([rate for rate in self.rates[name] if rate])
        return (high - low) / middle

    def verdict(self, name):
        """1 if the library is ahead of C by more than the noise in three quarters of the rounds, -1 if behind, else 0."""
        low, _, high = self.quartiles[name]
        return (low > 1 + self.noise) - (high < 1 - self.noise)

    def rate(self, name):
        rate = self.median[name]
        if re.search("bulk|Copy|File|Zero-copy", self.name):
            return f"{rate / 2**30:.2f} GiB/s"
        for unit, factor in (("M", 1e6), ("k", 1e3), ("", 1)):
            if rate >= factor:
                return f"{rate / factor:.3g} {unit}/s".replace(" /", "/")
        return f"{rate:.2g}/s"


def sections(run):
    """Title, file, cases and whether ways are compared, of the sections that have cases."""
    cases = [Case(name, rates) for name, rates in run["rates"].items() if any(rates["c"]) and any(rates["c again"])]
    for title, file, pattern, of_ways in SECTIONS:
        found = [case for case in cases if re.match(pattern, case.name)]
        groups = [case.group for case in found]
        if found:
            yield title, file, sorted(found, key=lambda case: groups.index(case.group)), of_ways


# Markdown

SIGNS = {1: "▲", 0: "≈", -1: "▼"}


def row(cells):
    return f"| {' | '.join(cells)} |\n"


def table(heads, rows):
    return row(heads) + row(["---"] + ["--:"] * (len(heads) - 1)) + "".join(map(row, rows))


def section_table(cases, of_ways):
    names = [name for name in TITLES if name != "c" and any(name in case.ratio for case in cases)]
    heads = ["case", "C", "spread", "noise", *(TITLES[name] for name in names)]
    if of_ways:
        heads += ["C x plain", "keyway x plain C"]
    rows = []
    plain = {}
    for case in cases:
        plain.setdefault(case.group, case.median["c"])
        cells = [case.name, case.rate("c"), f"{case.spread('c'):.0%}", f"{case.noise:.1%}"]
        cells += [f"{case.ratio[name]:.2f} {SIGNS[case.verdict(name)]}" if name in case.ratio else "" for name in names]
        if of_ways:
            cells += [f"{case.median[name] / plain[case.group]:.3g}" if name in case.median else "" for name in ("c", "keyway")]
        rows.append(cells)
    return table(heads, rows)


def compile_table(measured):
    return table(["client", "seconds of CPU", "spread", "x C", "million instructions of the front end", "text bytes of the object"],
                 [[TITLES.get(name, name), f"{one['seconds']:.3f}", f"{one['spread']:.0%}", f"{one['ratio']:.1f}",
                   f"{one['instructions'] / 1e6:.0f}" if one["instructions"] else "", str(one["text"])]
                  for name, one in measured["clients"].items()])


def markdown(run):
    text = [f"# Results of {run['date']}\n\n"
            "Written by `tests/bench/run.py`; [benchmarks.md](../benchmarks.md) explains how to read and to repeat it.\n\n"
            f"Commit {run['commit'].removesuffix('-dirty')}, {run['rounds']} rounds.\n\n",
            table(["machine", ""], [[key, str(value)] for key, value in run["machine"].items()]),
            "\nA column of a library is its rate divided by that of C, the median over the rounds: ▲ ahead and ▼ behind by more "
            "than the noise in three quarters of the rounds, ≈ no difference. Noise is how far C measured again was from C, in the worse quartile of the "
            "rounds; spread is the interquartile range of C's own rates.\n"]
    if float(run["machine"]["load at the start"]) > 0.5:
        text.append("\nThe machine had other work meanwhile. Rows with two CPUs, or a veth pair, say little then.\n")
    if run["missing"]:
        text.append("\nNot installed, and so not measured: " + ", ".join(TITLES[name] for name in run["missing"]) + ".\n")
    for title, file, cases, of_ways in sections(run):
        text.append(f"\n## {title}\n\n![{title}]({file}.svg)\n\n{section_table(cases, of_ways)}")
        if of_ways:
            text.append("\n\"x plain\" divides by the rate of C in the first row of the group.\n")
    if run["compile"]:
        text.append(f"\n## Compile cost\n\n![Compile cost](compile.svg)\n\nA minimal TCP client, `{run['compile']['command']}`, "
                    f"{run['compile']['rounds']} alternating rounds.\n\n{compile_table(run['compile'])}")
        text += [f"\nNot compiled: {TITLES[name]}.\n" for name in run["compile"]["missing"]]
    if run["refused"]:
        text.append("\n## Not measured\n\n")
        text += [f"- {TITLES[name]}, {case}: {why}\n" for name, refused in run["refused"].items() for case, why in refused.items()]
    return "".join(text)


# Charts: plain SVG that is readable on a light and on a dark page.

COLOURS = {"c": "#8c8c8c", "keyway": "#d9480f", "asio": "#1c7ed6", "boost": "#1098ad", "poco": "#37b24d", "sfml": "#ae3ec9",
           "uv": "#f59f00"}
STYLE = """<style>
text { font: 12px sans-serif; fill: #777 } .title { font-size: 15px; font-weight: bold } .end { text-anchor: end }
.middle { text-anchor: middle } .line { stroke: #8886 } .one { stroke: #888; stroke-width: 1.5 } .noise { fill: #8883 }
</style>
"""
WIDTH, LABELS, RIGHT, LINE, TOP = 1000, 400, 120, 24, 62


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def text(x, y, words, kind=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{escaped(words)}</text>\n'


def legend(names):
    parts, x = [], 12
    for name in names:
        parts.append(f'<circle cx="{x}" cy="40" r="5" fill="{COLOURS[name]}"/>\n' + text(x + 9, 44, TITLES[name]))
        x += 30 + 8 * len(TITLES[name])
    return "".join(parts)


def chart(title, labels, names, low, high, ticks, draw):
    """A frame with an axis from low to high, logarithmic unless low is 0; draw(row, y, x_of) gives the marks of each row."""
    def x_of(value):
        part = math.log(max(value, low) / low) / math.log(high / low) if low > 0 else value / high
        return LABELS + part * (WIDTH - LABELS - RIGHT)
    bottom = TOP + LINE * len(labels)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 26}" role="img">\n', STYLE,
             text(12, 20, title, "title"), legend(names)]
    for value, words in ticks:
        x = x_of(value)
        parts.append(f'<line x1="{x:.1f}" y1="{TOP - 6}" x2="{x:.1f}" y2="{bottom}" class="{"one" if words == "1x" else "line"}"/>\n')
        parts.append(text(x, bottom + 16, words, "middle"))
    for i, label in enumerate(labels):
        y = TOP + LINE * i + LINE / 2
        parts += [text(LABELS - 10, y + 4, label, "end"), draw(i, y, x_of)]
    return "".join(parts) + "</svg>\n"


def dots(title, cases):
    """The ratios to C, a row for each case, with the noise as a band around 1."""
    names = [name for name in TITLES if name != "c" and any(name in case.ratio for case in cases)]
    low = min(0.8, *(ratio for case in cases for ratio in case.ratio.values())) / 1.05
    high = max(1.25, *(ratio for case in cases for ratio in case.ratio.values())) * 1.05

    def draw(i, y, x_of):
        case = cases[i]
        left, right = x_of(1 - case.noise), x_of(min(1 + case.noise, high))
        parts = [f'<rect x="{left:.1f}" y="{y - 9:.1f}" width="{right - left:.1f}" height="18" class="noise"/>\n']
        for name in reversed(names):
            if name in case.ratio:
                parts.append(f'<circle cx="{x_of(case.ratio[name]):.1f}" cy="{y:.1f}" r="5" fill="{COLOURS[name]}" '
                             f'fill-opacity="0.85"><title>{TITLES[name]}: {case.ratio[name]:.2f}</title></circle>\n')
        parts.append(text(WIDTH - RIGHT + 12, y + 4, case.rate("c")))
        return "".join(parts)
    ticks = [(v, f"{v:g}x") for v in (0.03, 0.06, 0.125, 0.25, 0.5, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 4, 8, 16) if low <= v <= high]
    if high / low > 3:
        ticks = [(v, words) for v, words in ticks if v not in (0.7, 0.8, 0.9, 1.1, 1.25, 1.5)]
    return chart(f"{title}: rate divided by that of C (right: C; grey: noise)", [case.name for case in cases], names, low, high,
                 ticks, draw)


def bars(title, labels, values, unit):
    """Quantities by name, a row for each label: values[i] is a list of name, value and words."""
    names = [name for name in TITLES if any(name == one for row in values for one, _, _ in row)]
    numbers = [value for row in values for _, value, _ in row]
    high = max(numbers) * 1.1
    if high < 100 * min(numbers):
        low, step = 0, 10 ** math.floor(math.log10(high))
        step = step if high > 2 * step else step / 4
        ticks = [(i * step, f"{i * step:g}") for i in range(int(high / step) + 1)]
    else:
        low = min(numbers) / 2
        ticks = [(10.0 ** e, f"{10 ** (e % 3)}{('', ' k', ' M', ' G')[e // 3]}") for e in range(12) if low <= 10.0 ** e <= high]
        title += ", logarithmic"

    def draw(i, y, x_of):
        parts, height = [], 16 / len(values[i])
        for j, (name, value, _) in enumerate(values[i]):
            parts.append(f'<rect x="{LABELS}" y="{y - 8 + j * height:.1f}" width="{max(x_of(value) - LABELS, 1):.1f}" '
                         f'height="{height - 1:.1f}" fill="{COLOURS[name]}"/>\n')
        return "".join(parts) + text(WIDTH - RIGHT + 8, y + 4, values[i][-1][2])
    return chart(f"{title}: {unit}", labels, names, low, high, ticks, draw)


def charts(run):
    """File names and their charts."""
    for title, file, cases, of_ways in sections(run):
        if of_ways:
            gib = file == "copies"
            scale = 2**30 if gib else 1
            values = [[(name, case.median[name] / scale, case.rate(name)) for name in ("c", "keyway") if name in case.median]
                      for case in cases]
            yield file, bars(title, [case.name for case in cases], values,
                             "GiB/s (right: keyway)" if gib else "per second (right: keyway)")
        else:
            yield file, dots(title, cases)
    if run["compile"]:
        clients = run["compile"]["clients"]
        values = [[(name, one["seconds"], f"{one['seconds']:.2f} s")] for name, one in clients.items()]
        yield "compile", bars("Compile cost of a minimal TCP client", [TITLES[name] for name in clients], values, "seconds of CPU")


def write(run, folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
    (folder / "results.md").write_text(markdown(run), encoding="utf-8")
    for file, svg in charts(run):
        (folder / f"{file}.svg").write_text(svg, encoding="utf-8")
    print(markdown(run))
