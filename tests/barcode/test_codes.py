"""Our codes in both languages: shared vectors, random and mutated strings, and no package that could be one."""

import random
import secrets

import pytest

from barcode import codes
from barcode.codes import Kind, NotOurs, Ours, check_digits, make, read
from tests.both_languages import Vectors, python, typescript, vectors

ALL = vectors("barcode")
MODULE = "barcode/codes"
SEEDS = [20261124]
CASES = 1_500
ODD = "\x1d\x1b\x00 \t\r\n]Q1d2C1(01)69abcĐ٦６|-https://"


@pytest.mark.parametrize("table", ALL, ids=lambda table: f"{table.rule}_{table.call}")
def test_python_gives_what_the_vectors_say(table: Vectors) -> None:
    wrong = [
        f"{case.name}: {given} is not {case.gives}"
        for case in table.cases
        if (given := python(codes, table.call, case.args)) != case.gives
    ]
    assert not wrong, "\n".join(wrong)


def test_typescript_gives_what_the_vectors_say() -> None:
    asked = [(table, case) for table in ALL for case in table.cases]
    answers = typescript(MODULE, [(table.call, case.args) for table, case in asked])
    wrong = [
        f"{table.call}, {case.name}: {given} is not {case.gives}"
        for (table, case), given in zip(asked, answers, strict=True)
        if given != case.gives
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("seed", SEEDS)
def test_both_languages_read_made_and_mutated_strings_alike(seed: int) -> None:
    chance = random.Random(seed)
    scanned = [_mutated(chance, _made(chance)) for _ in range(CASES)]
    theirs = typescript(MODULE, [("read", [text]) for text in scanned])
    for text, answer in zip(scanned, theirs, strict=True):
        assert python(codes, "read", [text]) == answer, repr(text)


def _made(chance: random.Random) -> str:
    return make(chance.choice(list(Kind)), lambda count: "".join(chance.choices("0123456789", k=count)))


def _mutated(chance: random.Random, code: str) -> str:
    """The code as it is, or with a few of the accidents that befall one."""
    for _ in range(chance.choice((0, 0, 1, 1, 2, 4))):
        at = chance.randrange(len(code) + 1)
        code = chance.choice(
            (
                code[:at] + chance.choice("0123456789") + code[at + 1 :],
                code[:at],
                code[at:],
                code + code,
                code[:at] + chance.choice(ODD) + code[at:],
                chance.choice(("]Q1", "]d2", " ", "\t", "(01)")) + code,
                code + chance.choice(("\r\n", "\t", " ", "\x1d")),
                code[:at] + code[at : at + 2][::-1] + code[at + 2 :],
            )
        )
    return code


def test_every_kind_is_made_and_read_again() -> None:
    for kind in Kind:
        code = make(kind, lambda count: "".join(secrets.choice("0123456789") for _ in range(count)))
        assert (len(code), code[0], read(code)) == (33, "6", Ours(kind, code))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_wrong_digit_and_an_exchange_are_always_found(seed: int) -> None:
    """MOD 97-10 finds every single error and every exchange of two digits."""
    chance = random.Random(seed)
    for _ in range(40):
        code = _made(chance)
        for at in range(2, 33):
            wrong = code[:at] + str((int(code[at]) + chance.randrange(1, 10)) % 10) + code[at + 1 :]
            assert read(wrong) == NotOurs("damaged")
            exchanged = code[:at] + code[at : at + 2][::-1] + code[at + 2 :]
            assert exchanged == code or read(exchanged) == NotOurs("damaged")


@pytest.mark.parametrize("seed", SEEDS)
def test_no_package_is_read_as_one_of_ours(seed: int) -> None:
    """No GS1 element string begins with an application identifier 6…, and no EAN has 33 digits."""
    chance = random.Random(seed)
    for _ in range(2_000):
        length = chance.choice((8, 12, 13, 14, 16, 18, 20, 26, 31, 32, 34, 35))
        digits = "".join(chance.choices("0123456789", k=length))
        assert isinstance(read(digits), NotOurs)
        gs1 = f"01{digits[:14]:0<14}17261231{chance.choice(('10', '21'))}{digits}"
        assert isinstance(read(gs1), NotOurs)


def test_the_standards_own_example() -> None:
    """ISO 7064 MOD 97-10: 794 takes 44."""
    assert check_digits("794") == "44"
    assert int("79444") % 97 == 1
