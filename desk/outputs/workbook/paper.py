"""How a sheet comes out of a printer."""

from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

_A4 = 9


def landscape(sheet: Worksheet, *, head_rows: int, area: str, fit_width: bool, foot: str) -> None:
    """A4 across, the first rows repeated on every page; sheet name, `foot` and page number below.

    With `fit_width` the sheet is made as wide as a page; else its own page breaks hold.
    """
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.print_title_rows = f"1:{head_rows}"
    sheet.print_area = area
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.5
    if fit_width:
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if sheet.oddFooter and sheet.oddFooter.left and sheet.oddFooter.center and sheet.oddFooter.right:
        sheet.oddFooter.left.text, sheet.oddFooter.right.text = "&A", "&P / &N"
        sheet.oddFooter.center.text = foot.replace("&", "&&")
