"""The pages of bodies, of their meetings, and of one's calendar."""
