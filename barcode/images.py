"""QR pictures of our codes and links."""

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathImage


def qr_svg(text: str) -> bytes:
    """The QR of this text as SVG, error level M, four modules of quiet zone. 33 digits make version 1, the smallest."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4, image_factory=SvgPathImage)
    code.add_data(text)
    code.make(fit=True)
    picture: bytes = code.make_image().to_string()
    return picture


def qr_modules(text: str) -> list[list[bool]]:
    """The QR's modules, row by row, without a quiet zone."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    modules: list[list[bool]] = code.get_matrix()
    return modules
