"""Mail: which values end the header field or the command that they are put into, and go on with another one."""
