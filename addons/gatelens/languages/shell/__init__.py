"""Command lines of POSIX shells, Windows cmd and PowerShell: what a value runs where it leaves an argument."""
