"""Writes pillow_cases.txt: images that Pillow resized, for ImageResizerTests. Made with Pillow 9.4 (Debian's python3-pil)."""

from PIL import Image

SIZES = [(7, 5, 3, 4), (5, 7, 9, 11), (16, 16, 8, 8), (31, 17, 12, 17), (1, 1, 3, 2), (40, 3, 5, 3), (97, 61, 7, 3)]


def image(width, height):
    """Pixels of a linear congruential generator, which the test repeats."""
    state, pixels = 100 * width + height, bytearray()
    for _ in range(3 * width * height):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        pixels.append(state >> 24)
    return Image.frombytes("RGB", (width, height), bytes(pixels))


with open("pillow_cases.txt", "w", newline="\n") as file:
    for resample in range(6):
        for width, height, to_width, to_height in SIZES:
            resized = image(width, height).resize((to_width, to_height), resample=resample)
            print(resample, width, height, to_width, to_height, resized.tobytes().hex(), file=file)
