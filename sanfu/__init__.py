"""三服: serve enterprises, serve projects, serve parks and the grassroots."""

import os

# One thread of linear algebra a process. Our matrices are small: more threads cost more than they give (the verdict model is
# fitted ten times as fast with one), and OpenBLAS keeps a table on the stack that is larger than the stack of a server's
# thread, so the process dies (SIGSEGV). It must be said before numpy is loaded; this package is imported before everything
# else of ours, by who serves the platform and by every command.
for _library in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_library] = "1"
