"""一件事 on the desk: catalogue, compile, joint applications, department branches, permits wall, results."""
