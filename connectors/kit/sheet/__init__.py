"""
Tables of offices, from bytes to demands.

    opening    bytes → sheets, by what they really are (delimited: CSV, workbook: XLSX)
    header     where the header of a sheet stands (columns: what headings mean)
    records    the rows that are records, and how many were left out and why
    packages   records → packages, one body each
    demand     a package → a demand (amounts: its amounts, sums and times)
    source     what the connectors of tables share (google: addresses of Google Sheets)
"""
