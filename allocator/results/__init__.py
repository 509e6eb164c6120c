"""Results: tables, files, the workbook, the summary."""
