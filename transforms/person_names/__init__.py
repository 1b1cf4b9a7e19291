"""Names of persons in a Vietnamese comment, with or without diacritics and capitals.

A comment is read as a row of syllables, each looked up once in the lists of `name_lexicon.py` (`syllables`). First places,
organisations and roles are protected (`places`); then a name is what one of these rules says it is, in this order
(`finding`):

1. minority names by their form: `Y Bhăm Niê`, `H'Hen`, `Giàng A Páo`, `Thạch Sa Rinh` (`minorities`);
2. a label before a colon or a role: `Họ tên: ...`, `Kế toán: ...` (`titles`);
3. a surname with middle and given names: `Lâm Thị Oanh` (`surnames`);
4. a title: `chị Lan`, `ông Hùng`, and whoever is joined to it: `chị Lan, Hoa và Hùng` (`titles`);
5. a role or an office in brackets after it, or a call: `Cẩm Hợi (thủ quỹ)`, `Khoa (tổ điện toán)`, `Oanh ơi` (`titles`);
6. two syllables of names with capitals inside a sentence, or one that is no word: `gặp Khánh Ngà`, `nhờ Oanh` (`capitals`);
7. without capitals, what the signs in and around it outweigh: `le van khanh`, `nhờ chị lan`, `bữa bích xuân trực`
   (`weighing`, `signs`, `weights`).

Capitals count as evidence only in text that uses them as Vietnamese does: not in all-capitals or Title Case Text.
"""

from transforms.person_names.finding import find_names
from transforms.person_names.syllables import blank

__all__ = ["blank", "find_names"]
