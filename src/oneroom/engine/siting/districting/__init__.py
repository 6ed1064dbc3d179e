"""
Districts: ground divided into connected areas of equal work along the roads, one station each (row T17).

Start here: `blocks.blocks_of` (the ground), `divide.divide` (districts around stations), `seats.divide_anew` (seats
chosen as well), `nested.nested` (each brigade's ground into its own), `naming.named` and `naming.moved` (which area
keeps which name, and who changes), `outlines.outlines_of` (as drawn ground). What is found is connected for certain and
even as far as it says: a heuristic, no proof that nothing evener exists (docs/adr/0034-districting.md).
"""
