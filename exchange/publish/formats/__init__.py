"""The formats of publications, one file each; the folder is the list of them."""
