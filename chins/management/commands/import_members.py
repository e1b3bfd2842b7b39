from cc2h.kit.imports.command import ImportCommand


class Command(ImportCommand):
    help = "Import files of members of CHINs and of primary care networks."
    group = "members"
