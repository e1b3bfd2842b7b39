from cc2h.kit.imports.command import ImportCommand


class Command(ImportCommand):
    help = "Import the go-live workbook: all its sheets, or nothing."
    group = "workbook"
