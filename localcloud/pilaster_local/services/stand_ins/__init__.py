"""What stands in for a cloud but AWS on this machine, as far as it is the same for each of them."""
