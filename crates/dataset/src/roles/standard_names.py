"""Writes standard_names.txt: names and canonical units of the CF standard name table.

usage: standard_names.py cf-standard-name-table.xml > standard_names.txt

The table is published at https://cfconventions.org by the CF community, dedicated to the public
domain (CC0). Of each entry only its name and its canonical units are kept; of each alias its name
and the name that it stands for. The names are sorted; a line shares its first characters, as many
as the letter at its beginning says (A is none, B one ...), with the line before it. Behind a tab
stand the number of the units in the list at the head of the file, or, of an alias, "=" and a name.
"""

import sys
import xml.etree.ElementTree as tree

MOST = 57  # from A to z


def main():
    root = tree.parse(sys.argv[1]).getroot()
    version = root.findtext("version_number")
    units, lines = {}, {}
    for entry in root.iter("entry"):
        own = (entry.findtext("canonical_units") or "").strip()
        # Names without units have none; the table spells that in several ways.
        own = "" if own.lower() in ("", "none") else own
        lines[entry.get("id").strip()] = str(units.setdefault(own, len(units)))
    for alias in root.iter("alias"):
        to = [e.text.strip() for e in alias.findall("entry_id")]
        if len(to) == 1:
            lines.setdefault(alias.get("id").strip(), "=" + to[0])
    print(version)
    print("\t".join(units))
    before = ""
    for name in sorted(lines):
        shared = 0
        while shared < min(len(name), len(before), MOST) and name[shared] == before[shared]:
            shared += 1
        print(chr(ord("A") + shared) + name[shared:] + "\t" + lines[name])
        before = name


if __name__ == "__main__":
    main()
