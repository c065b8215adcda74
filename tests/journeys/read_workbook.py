"""A workbook as another program reads it: its sheets, cells with what they are, and which belong together. JSON."""
import json
import sys

import openpyxl

KINDS = {"s": "text", "inlineStr": "text", "n": "number", "f": "formula", "b": "boolean", "d": "time", "e": "error"}

book = openpyxl.load_workbook(sys.argv[1])
json.dump(
    [
        {
            "title": sheet.title,
            "merged": sorted(str(span) for span in sheet.merged_cells.ranges),
            "links": sum(1 for row in sheet.iter_rows() for cell in row if cell.hyperlink),
            "rows": [
                [
                    None if cell.value is None else {"is": KINDS.get(cell.data_type, cell.data_type), "value": str(cell.value)}
                    for cell in row
                ]
                for row in sheet.iter_rows()
            ],
        }
        for sheet in book.worksheets
    ],
    sys.stdout,
)
