"""Who is paid what, in runs that one officer prepares and another authorises."""
