from cc2h.kit.imports.command import ImportCommand


class Command(ImportCommand):
    help = "Import files of practices, commissioners, mergers, positions and outlines."
    group = "practices"
