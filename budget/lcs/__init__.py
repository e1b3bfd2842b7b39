"""Services commissioned locally: what practices do for money, and their claims."""
