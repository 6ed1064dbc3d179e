"""
What a simulated crew's phone photographs: a card that says so.

No place, no person, nothing that could be taken for one.
"""

import io
from random import Random

from PIL import Image, ImageDraw, ImageFont

SIZE = (960, 720)
_GROUNDS = ((38, 50, 56), (46, 58, 41), (62, 48, 40), (44, 44, 66))


def picture(seed: str) -> bytes:
    """A PNG; the same one for the same seed, so that a photo sent twice is one."""
    chance = Random(f"oneroom photo {seed}")
    card = Image.new("RGB", SIZE, chance.choice(_GROUNDS))
    pen = ImageDraw.Draw(card)
    for _ in range(14):  # lights in the dark, so that two cards can be told apart
        x, y, r = chance.randrange(SIZE[0]), chance.randrange(SIZE[1]), chance.randint(8, 70)
        pen.ellipse((x - r, y - r, x + r, y + r), fill=tuple(chance.randint(60, 150) for _ in range(3)))
    pen.rectangle((60, 270, 900, 450), fill=(0, 0, 0), outline=(255, 255, 255), width=4)
    pen.text((480, 330), "SIMULATED PHOTO", font=ImageFont.load_default(64), anchor="mm", fill=(255, 255, 255))
    pen.text((480, 405), "OneRoom demo", font=ImageFont.load_default(32), anchor="mm", fill=(255, 255, 255))
    out = io.BytesIO()
    card.save(out, "PNG")
    return out.getvalue()
