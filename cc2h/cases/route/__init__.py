"""The route of a business case: its stages, who must act, and what each said."""
