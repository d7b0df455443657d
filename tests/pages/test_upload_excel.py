"""A workbook as Excel itself writes one, put together by hand: shared and formatted texts, numbers, days, formulas, empty rows."""

import io
import zipfile

import pytest

from network.pages.upload.reading import Row, read_table

_NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
_OF = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET = f"""<worksheet {_NS} xmlns:r="{_RELATION}" xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac">
<dimension ref="A1:XFD1048576"/><sheetViews><sheetView tabSelected="1" workbookViewId="0"/></sheetViews>
<sheetFormatPr baseColWidth="10" defaultRowHeight="15" x14ac:dyDescent="0.25"/><cols><col min="1" max="9" width="22" style="1"/></cols>
<sheetData>
<row r="1" spans="1:7"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="s"><v>3</v></c><c r="E1" t="s"><v>4</v></c><c r="F1" t="s"><v>5</v></c></row>
<row r="2" ht="15"><c r="A2" s="1"/><c r="B2" s="1"/></row>
<row r="4"><c r="A4" t="s"><v>6</v></c><c r="B4"><v>9.9010001001002E13</v></c><c r="C4" s="2"><v>45416</v></c><c r="D4"><v>18000</v></c><c r="E4" t="str"><f>A4&amp;"!"</f><v>Geheim!</v></c><c r="F4" t="b"><v>1</v></c></row>
<row r="5"><c r="A5" t="s"><v>7</v></c><c r="C5"><v>2024</v></c><c r="D5" t="e"><v>#REF!</v></c></row>
<row r="9" s="1" customFormat="1"/>
</sheetData><mergeCells count="1"><mergeCell ref="A20:B20"/></mergeCells>
<conditionalFormatting sqref="A1"><cfRule type="containsBlanks" priority="1"><formula>1</formula></cfRule></conditionalFormatting>
<hyperlinks><hyperlink ref="A4" r:id="rId1"/></hyperlinks><pageMargins left="0.7" right="0.7" top="0.8" bottom="0.8" header="0.3" footer="0.3"/>
<extLst><ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}"><a xmlns="urn:x"/></ext></extLst></worksheet>"""
_TEXTS = f"""<sst {_NS} count="8" uniqueCount="8"><si><t>Titel</t></si><si><t>Leistungen</t></si><si><t>Beginn</t></si><si><t>Kosten einmalig</t></si>
<si><t>Zusammenfassung</t></si><si><t xml:space="preserve"> Rechtsgrundlage </t></si>
<si><r><t xml:space="preserve">Bank </t></r><r><rPr><b/><sz val="11"/></rPr><t>am Markt</t></r><phoneticPr fontId="1"/></si><si><t>Größe_x000D_
und Ä</t></si></sst>"""
_STYLES = f"""<styleSheet {_NS}><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf xfId="0"/><xf numFmtId="49" xfId="0" applyNumberFormat="1"/><xf numFmtId="14" xfId="0" applyNumberFormat="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Standard" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""
PARTS = {
    "[Content_Types].xml": f"""<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="bin" ContentType="{_OF}.printerSettings"/>
<Override PartName="/xl/workbook.xml" ContentType="{_OF}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_OF}.worksheet+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{_OF}.styles+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="{_OF}.sharedStrings+xml"/></Types>""",
    "_rels/.rels": f"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{_RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>""",
    "xl/workbook.xml": f"""<workbook {_NS} xmlns:r="{_RELATION}"><workbookPr defaultThemeVersion="166925"/><bookViews><workbookView/></bookViews>
<sheets><sheet name="Tabelle1" sheetId="1" r:id="rId1"/></sheets><definedNames><definedName name="x">Tabelle1!$A$1</definedName></definedNames><calcPr calcId="191029"/></workbook>""",
    "xl/_rels/workbook.xml.rels": f"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{_RELATION}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{_RELATION}/styles" Target="styles.xml"/>
<Relationship Id="rId3" Type="{_RELATION}/sharedStrings" Target="sharedStrings.xml"/></Relationships>""",
    "xl/worksheets/sheet1.xml": _SHEET,
    "xl/sharedStrings.xml": _TEXTS,
    "xl/styles.xml": _STYLES,
}


# openpyxl says what it leaves out; in a process of ours nobody hears it.
@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_what_excel_writes_is_read_as_people_see_it() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in PARTS.items():
            archive.writestr(name, f"{_HEAD}{text}")
        archive.writestr("xl/printerSettings/printerSettings1.bin", bytes(range(256)) * 4)
    table = read_table(made.getvalue())
    first, second = table.rows
    assert first == Row(
        4,
        {
            "title": "Bank am Markt",
            "services": "99010001001002",
            "started": "04.05.2024",
            "oneOffCost": "18000",
            "summary": '=A4&"!"',
            "legalBasis": "ja",
        },
        ("summary",),
    )
    assert (second.number, second.cells["started"], second.formulas) == (5, "2024", ("oneOffCost",))
    assert second.cells["title"] == "Größe\nund Ä"
