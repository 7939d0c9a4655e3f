"""Header fields of HTTP: which values end the field that they are put into, and go on with another one."""
