"""A table is read as it came, and what is wrong with a file is said in words that help."""

import csv
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from course_utils import tables
from tests.support import recorded


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a file and returns its path."""

    def write(content, name="cheese.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write


def rows(n=40, line="{k},{k}.5,brie,{p}", head="id,age,sort,price"):
    """A file of n rows, whose price goes up and down."""
    body = [line.format(k=k + 1, p=f"{k % 7}.25") for k in range(n)]
    return "\n".join([head, *body]) + "\n"


def read(path, target="price", **options):
    return tables.read_table(path, target, **options)


# What ships with the course ---------------------------------------------------------------------


def test_the_penguins_are_as_their_source_describes_them():
    table = tables.penguins()
    assert len(table) == 344
    assert table.target == "body_mass_g"
    assert {array.dtype for array in table.numbers.values()} == {np.dtype(float)}
    assert {array.dtype.kind for array in table.categories.values()} == {"U"}
    assert [*table.numbers] == ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "year"]
    assert Counter(table.categories["species"].tolist()) == {
        "Adelie": 152,
        "Gentoo": 124,
        "Chinstrap": 68,
    }
    assert Counter(table.categories["island"].tolist()) == {
        "Biscoe": 168,
        "Dream": 124,
        "Torgersen": 52,
    }
    assert Counter(table.categories["sex"].tolist()) == {"male": 168, "female": 165, "": 11}
    assert np.isnan(table.y).sum() == 2
    assert np.nanmin(table.y) == 2700
    assert np.nanmax(table.y) == 6300
    assert np.nanmean(table.y) == pytest.approx(4201.754, abs=1e-3)
    with pytest.raises(AttributeError, match="cannot assign"):
        table.y = 0.0  # it would go unnoticed
    blank = np.isnan(table.y)
    for name in ("bill_length_mm", "bill_depth_mm", "flipper_length_mm"):
        np.testing.assert_array_equal(np.isnan(table.numbers[name]), blank)
    assert set(table.numbers["year"]) == {2007, 2008, 2009}
    assert table.left_out == {}


def test_every_cell_of_the_penguins_is_that_of_the_file():
    with open(tables.__file__.replace("tables.py", "penguins.csv"), newline="") as file:
        lines = [*csv.DictReader(file)]
    table = tables.penguins("bill_depth_mm")
    assert table.target == "bill_depth_mm"
    for name, values in {**table.numbers, "bill_depth_mm": table.y}.items():
        want = [float(line[name]) if line[name] != "NA" else np.nan for line in lines]
        np.testing.assert_array_equal(values, want)
    for name, words in table.categories.items():
        assert words.tolist() == [line[name].replace("NA", "") for line in lines]


def test_a_table_describes_its_columns_and_no_row():
    text = repr(tables.penguins())
    assert "344 rows; the target is body_mass_g" in text
    assert "species            category  0 missing   Adelie, Chinstrap, Gentoo" in text
    assert "sex                category  11 missing  female, male" in text
    assert "39.1" not in text


# What is read ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "head", "options"),
    [
        ("{k},{k}.5,brie,{p}", "id,age,sort,price", {}),
        ("{k};{k}.5;brie;{p}", "id;age;sort;price", {}),
        ("{k}\t{k}.5\tbrie\t{p}", "id\tage\tsort\tprice", {}),
        (" {k} , {k}.5 , brie , {p} ", " id , age , sort , price ", {}),
        ('"{k}","{k}.5","brie","{p}"', '"id","age","sort","price"', {}),
        ("{k},{k}.5,brie,{p}\r", "\ufeffid,age,sort,price\r", {}),
        ("\n{k},{k}.5,brie,{p}", "\n\nid,age,sort,price", {}),
        ("{k},{k}.5e0,brie,+{p}", "id,age,sort,price", {}),
    ],
)
def test_separators_quotes_marks_and_empty_lines_are_understood(write, line, head, options):
    text = rows(line=line, head=head)
    table = read(write(text), **options)
    assert len(table) == 40
    np.testing.assert_array_equal(table.numbers["age"], np.arange(1, 41) + 0.5)
    np.testing.assert_array_equal(table.y, np.arange(40) % 7 + 0.25)
    assert set(table.categories["sort"]) == {"brie"}
    assert table.left_out == {
        "id": "it counts the rows, so it is a name for each row, not an input"
    }


def test_decimal_commas_are_read_if_one_says_so(write):
    text = rows().replace(",", ";").replace(".", ",")
    table = read(write(text), decimal=",")
    np.testing.assert_array_equal(table.y, np.arange(40) % 7 + 0.25)
    with pytest.raises(ValueError, match=r"has the number '0,25' in line 2.*pass decimal=','"):
        read(write(text))
    with pytest.raises(ValueError, match=r"decimal must be '.' or ',', got ';'"):
        read(write(text), decimal=";")
    with pytest.raises(ValueError, match=r"has the number '0.25' in line 2.*pass decimal='.'"):
        read(write(rows()), decimal=",")


def test_the_remedy_for_decimal_commas_works(write):
    text = "sort,price\n" + "brie,3,5\nedam,2,9\n" * 20
    with pytest.raises(ValueError, match=r"semicolons between the cells, and pass decimal=','"):
        read(write(text))
    mended = text.replace("sort,", "sort;").replace("e,", "e;").replace("m,", "m;")
    np.testing.assert_array_equal(read(write(mended), decimal=",").y, [3.5, 2.9] * 20)


@pytest.mark.parametrize("empty", ["", "NA", "n/a", "#N/A", "nan", "NULL", "?", "-", ".", " "])
def test_a_blank_is_nan_or_an_empty_word(write, empty):
    text = (
        rows()
        .replace("\n3,3.5,brie,", f"\n3,{empty},{empty},")
        .replace("\n5,5.5,brie,4.25", f"\n5,5.5,brie,{empty}")
    )
    table = read(write(text))
    assert np.flatnonzero(np.isnan(table.numbers["age"])).tolist() == [2]
    assert np.flatnonzero(table.categories["sort"] == "").tolist() == [2]
    assert np.flatnonzero(np.isnan(table.y)).tolist() == [4]
    assert "price  number    1 missing  the target" in repr(table)


def test_names_for_rows_and_empty_columns_are_left_out_and_said(write):
    body = "".join(f"{k},cheese {k},{k % 3},{k % 7},\n" for k in range(40))
    table = read(write(",name,kind,price,\n" + body))
    assert table.left_out == {
        "column 1": "it counts the rows, so it is a name for each row, not an input",
        "name": "each row has a word of its own, so it is a name, not an input",
        "column 5": "every cell is empty",
    }
    assert "name is left out: each row has a word of its own" in repr(table)
    assert [*table.numbers] == ["kind"]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "sep=,\n" + text,
        lambda text: text.replace(",brie,", ', "brie",'),
        lambda text: text.replace(",brie,", ", brie\u200b,"),
        lambda text: text.replace("id,age", '"i;d;x;y;z",age'),
        lambda text: text.replace("id,age", '"i\nd",age'),
        lambda text: text.replace("id,", "<5mm,"),
        lambda text: text.replace("id,", "[unit],"),
        lambda text: text.replace("id,", "{id},"),
    ],
)
def test_what_other_programs_write_is_understood(write, change):
    table = read(write(change(rows())))
    np.testing.assert_array_equal(table.y, np.arange(40) % 7 + 0.25)
    assert set(table.categories["sort"]) == {"brie"}


def test_a_minus_of_its_own_letter_is_a_minus(write):
    assert read(write(rows().replace("\n3,3.5", "\n3,\u22123.5"))).numbers["age"][2] == -3.5


@pytest.mark.parametrize("odd", ["12 kg", "0%", "1_000", "1'200", "€3", "1 200"])
def test_a_column_that_looks_like_numbers_is_doubted(write, odd):
    body = "".join(f"{odd if k % 3 else k},brie,{k % 7}\n" for k in range(40))
    if odd == "12 kg":  # each row another
        body = "".join(f"{k} kg,brie,{k % 7}\n" for k in range(40))
    table = read(write("weight,sort,price\n" + body))
    assert "if these are numbers, write them without unit, sign or space" in table.doubts["weight"]
    assert "weight: holds " in repr(table)
    assert set(table.doubts) == {"weight"}


def test_a_column_that_is_half_unknown_is_doubted(write):
    body = "".join(f"{'unknown' if k % 2 else k},brie,{k % 7}\n" for k in range(40))
    table = read(write("weight,sort,price\n" + body))
    assert "holds 'unknown'; if these are numbers" in table.doubts["weight"]


def test_the_known_rows_are_those_with_a_target(write):
    table = read(write(rows().replace("\n5,5.5,brie,4.25", "\n5,5.5,brie,")))
    assert table.known.tolist() == [0, 1, 2, 3, *range(5, 40)]
    assert len(tables.penguins().known) == 342


def test_nothing_is_written(write):
    path = write(rows())
    before = path.stat().st_mtime_ns, path.read_bytes(), sorted(path.parent.iterdir())
    read(path)
    assert (path.stat().st_mtime_ns, path.read_bytes(), sorted(path.parent.iterdir())) == before


# What is refused ---------------------------------------------------------------------------------


def test_a_file_that_is_not_there_is_named_with_its_folder_and_what_is_like_it(write):
    folder = write(rows()).parent
    with pytest.raises(FileNotFoundError) as caught:
        read(folder / "chese.csv")
    words = str(caught.value)
    assert f"There is no file 'chese.csv' in the folder {folder}." in words
    assert "Did you mean 'cheese.csv'?" in words
    assert "Copy your file there" in words
    with pytest.raises(FileNotFoundError, match=r"It holds cheese.csv\."):
        read(folder / "wine")
    with pytest.raises(FileNotFoundError, match=r"There is no folder .*nowhere, so no a.csv in it"):
        read(folder / "nowhere" / "a.csv")


def test_a_folder_and_what_is_no_name_are_refused(write, tmp_path):
    with pytest.raises(
        ValueError, match=r"is a folder: name a file in it\. It holds no \.csv file"
    ):
        read(tmp_path)
    write(rows())
    with pytest.raises(ValueError, match=r"is a folder: name a file in it\. It holds cheese\.csv"):
        read(str(tmp_path))
    with pytest.raises(ValueError, match=r"path must be the name of a file, in quotes, got 3\."):
        read(3)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04rest", "an Excel workbook or a zip archive"),
        (b"\xd0\xcf\x11\xe0rest", "an old Excel workbook"),
        (b"PAR1rest", "a Parquet file"),
        (b"\x1f\x8brest", "a gzip archive"),
        (b"%PDF-1.7", "a PDF"),
        (b"SQLite format 3\0", "a SQLite database"),
        (b"\x89HDF\r\n", "an HDF5 file"),
        (b"\x89PNG\r\n", "a picture"),
        (b"\xff\xd8\xff\xe0", "a picture"),
        (b"\x93NUMPY", "a NumPy file"),
        (b"\n<!DOCTYPE html><html>", "a web page or XML"),
        (b'{"a": 1}', "a JSON file"),
        (b"[[1, 2]]", "a JSON file"),
        (rows().encode("utf-16"), "text in UTF-16"),
        (b"\xfe\xff\0i\0d", "text in UTF-16"),
    ],
)
def test_a_file_of_another_kind_is_named_by_its_first_bytes(write, content, kind):
    with pytest.raises(ValueError, match=f"cheese.csv is {kind}, not a CSV file.*CSV UTF-8"):
        read(write(content))


def test_a_real_zip_archive_is_recognised(tmp_path):
    with zipfile.ZipFile(tmp_path / "cheese.csv", "w") as archive:
        archive.writestr("cheese.csv", rows())
    with pytest.raises(ValueError, match="a zip archive"):
        read(tmp_path / "cheese.csv")


REFUSED = {
    "empty": ("", "cheese.csv is empty"),
    "white space": (" \n\n", "cheese.csv is empty"),
    "Latin-1": (
        rows().replace("\n3,3.5,brie", "\n3,3.5,Gruyère").encode("latin-1"),
        "is not in UTF-8: line 4 has a letter that can't be read.*Save as",
    ),
    "bytes": (b"id,price\n1\0,2\n", "holds bytes that are not text"),
    "one column": ("price\n" + "3\n" * 40, "has one name only, 'price': expected a name for each"),
    "other separator": ("a|price\n" + "3|4\n" * 40, "commas, semicolons, tabs between them"),
    "no header": ("1,2.5\n3,4.5\n", "holds no names, but 1, 2.5: put a line above"),
    "repeated names": (
        rows(head="age,age,sort,price"),
        "more than one column named age: give each its own name",
    ),
    "too few cells": (
        rows().replace("\n3,3.5,brie", "\n3,3.5"),
        "Line 4 of cheese.csv has 3 cells, but the first line names 4. Is a cell missing",
    ),
    "too many cells": (
        rows().replace("\n3,3.5,brie", "\n3,3.5,brie,old"),
        "Line 4 of cheese.csv has 5 cells.*Does a cell hold a comma.*decimal commas",
    ),
    "too many cells with tabs": (
        rows().replace("\n3,3.5,brie", "\n3,3.5,brie,old").replace(",", "\t"),
        "Does a cell hold the separator",
    ),
    "decimal commas": (
        rows().replace(".", ","),
        "Line 2 of cheese.csv has 6 cells.*decimal commas.*with semicolons.*pass decimal=','",
    ),
    "open quote": (
        rows().replace("\n3,3.5,brie", '\n3,3.5,"brie'),
        "can't be read from line 4 on.*is a quotation mark missing",
    ),
    "names only": ("id,price\n", "has names of columns, but no row under them"),
    "few rows": (rows(29), "Only 29 rows have a target: a project needs at least 30"),
    "target empty": (
        rows(line="{k},{k}.5,brie,NA"),
        "The target 'price' is empty in every row",
    ),
    "target of words": (
        rows(line="{k},{k}.5,brie,dear"),
        "The target 'price' must hold numbers, but holds words such as 'dear'",
    ),
    "target the same": (rows(line="{k},{k}.5,brie,3"), "'price' is 3 in every row"),
    "a word in a column of numbers": (
        rows().replace("\n3,3.5,brie", "\n3,old,brie"),
        "Column 'age' holds numbers, but 'old' in line 4: correct it in the file, or write NA",
    ),
    "names one short": (
        rows(head="age,sort,price"),
        "Every row of cheese.csv has a cell more than its first line has names: name the first",
    ),
    "a decimal comma in every row": (
        "sort,price\n" + "brie,3,5\nedam,2,9\n" * 20,
        "has a cell more.*decimal commas. Save the file with semicolons.*pass decimal=','",
    ),
    "a separator too many, no comma": (
        ("sort,price\n" + "brie,3,\nedam,2,\n" * 20).replace(",", ";"),
        "delete the separator at the end of each row.$",
    ),
    "no input": (
        "id,price\n" + "".join(f"{k},{k % 7}\n" for k in range(40)),
        "no column beside 'price' that could be an input: 'id' is left out, since it counts",
    ),
    "a target with units": (
        rows(line="{k},{k}.5,brie,€{p}"),
        "holds words such as '€0.25': write numbers only, without a unit",
    ),
    "infinite": (
        rows().replace("\n3,3.5,brie", "\n3,1e999,brie"),
        "Column 'age' holds numbers, but '1e999' in line 4",
    ),
    "a target with a word": (
        rows().replace("\n3,3.5,brie,2.25", "\n3,3.5,brie,dear"),
        "Column 'price' holds numbers, but 'dear' in line 4",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_file_is_refused_with_what_to_do(name, write):
    content, words = REFUSED[name]
    with pytest.raises(ValueError, match=words):
        read(write(content))


def test_what_is_said_of_a_bad_file_is_as_recorded(write):
    def said(content):
        with pytest.raises(ValueError, match=r"[.?]$") as error:
            read(write(content))
        return " ".join(str(error.value).split())

    kinds = (said(start + b" 1,2\n") for start in tables._KINDS)
    texts = [*(said(content) for content, _ in REFUSED.values()), *kinds]
    recorded.check_texts(Path(__file__).with_name("recorded") / "bad_tables.txt", texts)


def test_a_target_that_is_not_there_is_named_with_what_is_like_it(write):
    with pytest.raises(
        ValueError, match=r"no column 'Prize'\. Did you mean 'price'\? Its columns are"
    ):
        read(write(rows()), target="Prize")
    with pytest.raises(ValueError, match=r"Did you mean 'price3' or 'price2'\? Its columns"):
        read(write("price1,price2,price3\n" + "1,2,3\n" * 40), target="price")
    with pytest.raises(
        ValueError, match=r"has no column None\. Its columns are id, age, sort, price"
    ):
        read(write(rows()), target=None)


def test_a_long_list_of_columns_is_cut(write):
    names = ",".join(f"c{k}" for k in range(20))
    with pytest.raises(ValueError, match=r"c7, … \(20\)"):
        read(write(f"{names}\n{names}\n"), target="x")


def test_a_file_that_cannot_be_opened_says_so(write, monkeypatch):
    path = write(rows())

    def locked(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "read_bytes", locked)
    with pytest.raises(
        OSError, match=r"can't be opened \(Permission denied\): is it open in another"
    ):
        read(path)
