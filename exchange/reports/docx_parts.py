"""
The parts of a WordprocessingML package that are the same for every paper, and the ones around its text.

Source
  ECMA-376 part 1 (WordprocessingML) for the parts, the order of their elements, and fields; VML for the watermark, as Word makes its own.
"""

from __future__ import annotations

from datetime import UTC, datetime
from xml.sax.saxutils import escape

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
NAMES = f'xmlns:w="{W}" xmlns:r="{_OFFICE}" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
FONT = "Times New Roman"
# twips: A4, and the margins of the PDF
PAGE_WIDTH, LEFT, RIGHT = 11906, 1587, 1474
LINE = PAGE_WIDTH - LEFT - RIGHT

TYPES = (
    f'{XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="png" ContentType="image/png"/>'
    + "".join(
        f'<Override PartName="/{part}" ContentType="{kind}"/>'
        for part, kind in (
            ("word/document.xml", f"{_KIND}.document.main+xml"),
            ("word/styles.xml", f"{_KIND}.styles+xml"),
            ("word/settings.xml", f"{_KIND}.settings+xml"),
            ("word/comments.xml", f"{_KIND}.comments+xml"),
            ("word/header1.xml", f"{_KIND}.header+xml"),
            ("word/footer1.xml", f"{_KIND}.footer+xml"),
            ("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
        )
    )
    + "</Types>"
)


def _relations(*targets: tuple[str, str]) -> str:
    told = "".join(f'<Relationship Id="rId{n}" Type="{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(targets, start=1))
    return f'{XML}<Relationships xmlns="{_PACKAGE}/relationships">{told}</Relationships>'


ROOT_RELATIONS = _relations(
    (f"{_OFFICE}/officeDocument", "word/document.xml"), (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml")
)
_PARTS = (
    ("header", "header1.xml"), ("footer", "footer1.xml"), ("styles", "styles.xml"), ("settings", "settings.xml"),
    ("comments", "comments.xml"),
)  # fmt: skip
_EMBLEM = "media/emblem.png"
EMBLEM = f"word/{_EMBLEM}"
SECTION = (
    '<w:sectPr><w:headerReference w:type="default" r:id="rId1"/><w:footerReference w:type="default" r:id="rId2"/>'
    f'<w:pgSz w:w="{PAGE_WIDTH}" w:h="16838"/><w:pgMar w:top="1247" w:right="{RIGHT}" w:bottom="1304" w:left="{LEFT}" '
    'w:header="567" w:footer="624" w:gutter="0"/></w:sectPr>'
)
SETTINGS = (
    f'{XML}<w:settings xmlns:w="{W}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/>'
    "<w:compat><w:doNotExpandShiftReturn/>"
    '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    '<w:themeFontLang w:val="id-ID"/></w:settings>'
)


def relations(*, emblem: bool) -> str:
    """What the text leads to. emblem: the head's picture is among the parts, under `EMBLEM`; it is the last relation."""
    parts = (*_PARTS, ("image", _EMBLEM)) if emblem else _PARTS
    return _relations(*((f"{_OFFICE}/{name}", target) for name, target in parts))


def picture(width: int, height: int) -> str:
    """The head's picture within a line of text. width, height: in EMU, 360,000 to the centimetre."""
    size = f'cx="{width}" cy="{height}"'
    return (
        f'<w:r><w:drawing><wp:inline xmlns:wp="{_DRAWING}/wordprocessingDrawing"><wp:extent {size}/>'
        f'<wp:docPr id="1" name="Lambang daerah" descr="Lambang daerah"/><a:graphic xmlns:a="{_DRAWING}/main">'
        f'<a:graphicData uri="{_DRAWING}/picture"><pic:pic xmlns:pic="{_DRAWING}/picture"><pic:nvPicPr>'
        '<pic:cNvPr id="1" name="Lambang daerah"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="rId{len(_PARTS) + 1}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def _style(ident: str, name: str, paragraph: str = "", letters: str = "", *, default: bool = False) -> str:
    # Word counts what stands in its own language by these names
    base = "" if default else '<w:basedOn w:val="Normal"/>'
    mark = ' w:default="1"' if default else ""
    inside = (f"<w:pPr>{paragraph}</w:pPr>" if paragraph else "") + (f"<w:rPr>{letters}</w:rPr>" if letters else "")
    return f'<w:style w:type="paragraph"{mark} w:styleId="{ident}"><w:name w:val="{name}"/>{base}<w:qFormat/>{inside}</w:style>'


STYLES = (
    f'{XML}<w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr>'
    f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"/><w:sz w:val="23"/><w:szCs w:val="23"/>'
    '<w:lang w:val="id-ID" w:eastAsia="id-ID" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
    '<w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="264" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>'
    + _style("Normal", "Normal", default=True)
    + _style("Title", "Title", '<w:keepNext/><w:keepLines/><w:spacing w:after="0"/><w:jc w:val="center"/>',
        '<w:b/><w:bCs/><w:sz w:val="25"/>')
    + "".join(
        _style(f"Heading{n}", f"heading {n}",
               f'<w:keepNext/><w:keepLines/><w:spacing w:before="240" w:after="120"/><w:outlineLvl w:val="{n - 1}"/>', "<w:b/><w:bCs/>")
        for n in (1, 2, 3)
    )
    + _style("Cell", "Sel tabel", '<w:spacing w:after="0" w:line="240" w:lineRule="auto"/>', '<w:sz w:val="18"/><w:szCs w:val="18"/>')
    + _style("Close", "Rapat", '<w:spacing w:after="40"/>')
    + _style("Small", "Cetak kecil", '<w:spacing w:after="0"/>', '<w:color w:val="444444"/><w:sz w:val="16"/><w:szCs w:val="16"/>')
    + '<w:style w:type="paragraph" w:styleId="CommentText"><w:name w:val="annotation text"/><w:basedOn w:val="Normal"/></w:style>'
    + "</w:styles>"
)  # fmt: skip


def header(draft: bool) -> str:
    """The header: empty, or the word RANCANGAN behind the text of each page."""
    shape = (
        '<w:r><w:pict><v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">'
        '<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>'
        '<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/>'
        '<v:f eqn="mid @5 @6"/><v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/><v:f eqn="sum @6 0 @5"/></v:formulas>'
        '<v:path textpathok="t" o:connecttype="custom" o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" o:connectangles="270,180,90,0"/>'
        '<v:textpath on="t" fitshape="t"/><o:lock v:ext="edit" text="t" shapetype="t"/></v:shapetype>'
        '<v:shape id="Rancangan" o:spid="_x0000_s2049" type="#_x0000_t136" style="position:absolute;margin-left:0;margin-top:0;width:500pt;'
        "height:84pt;rotation:308;z-index:-251658752;mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
        'mso-position-vertical:center;mso-position-vertical-relative:margin" o:allowincell="f" fillcolor="#e4e4e4" stroked="f">'
        '<v:textpath style="font-family:\'Times New Roman\';font-size:1pt" string="RANCANGAN"/></v:shape></w:pict></w:r>'
        if draft
        else ""
    )
    return f'{XML}<w:hdr {NAMES}><w:p><w:pPr><w:pStyle w:val="Small"/></w:pPr>{shape}</w:p></w:hdr>'


def _field(name: str) -> str:
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> {name} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


FOOTER = (
    f'{XML}<w:ftr {NAMES}><w:p><w:pPr><w:pStyle w:val="Small"/><w:jc w:val="center"/></w:pPr>'
    f'<w:r><w:t xml:space="preserve">Halaman </w:t></w:r>{_field("PAGE")}<w:r><w:t xml:space="preserve"> dari </w:t></w:r>'
    f"{_field('NUMPAGES')}</w:p></w:ftr>"
)


def core(title: str, author: str, at: datetime) -> str:
    """The properties of the file."""
    when = f'xsi:type="dcterms:W3CDTF">{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'
    return (
        f'{XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>{escape(author)}</dc:creator><dc:language>id-ID</dc:language>"
        f"<dcterms:created {when}</dcterms:created><dcterms:modified {when}</dcterms:modified></cp:coreProperties>"
    )


def comments(notes: list[str], at: datetime) -> str:
    """The remarks of a draft, in the order of their places."""
    made = "".join(
        f'<w:comment w:id="{n}" w:author="Exchange" w:date="{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" w:initials="EX">'
        f'<w:p><w:pPr><w:pStyle w:val="CommentText"/></w:pPr><w:r><w:t xml:space="preserve">{escape(note)}</w:t></w:r></w:p></w:comment>'
        for n, note in enumerate(notes)
    )
    return f"{XML}<w:comments {NAMES}>{made}</w:comments>"
