"""The office's workbook: read row by row, compared with what is kept, and saved; nothing is dropped in silence."""
