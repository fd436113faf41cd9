"""Settings, addresses and the rooms of this installation. Nothing in sanfu/ imports it."""

import os

# One thread of linear algebra a process. A request's matrices are small: more threads cost more than they give, and
# OpenBLAS keeps a table on the stack that is larger than the stack of a server's thread, so the process dies (SIGSEGV).
# It must be said before numpy is loaded; this package is the first that whoever serves the platform imports.
for _library in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_library] = "1"
