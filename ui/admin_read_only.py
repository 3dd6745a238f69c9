"""Pages of the admin that show rows and change none."""


class ReadOnly:
    """Nobody adds, changes or deletes, by any address of the admin."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
