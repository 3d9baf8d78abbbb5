"""Papers of a cooperation: drafts for Word, final PDF/A, the report as PDF, DOCX and XLSX; one text, two renderers."""
