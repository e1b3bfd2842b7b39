from cc2h.kit.imports.command import ImportCommand


class Command(ImportCommand):
    help = "Import files of registered list sizes."
    group = "list_sizes"
