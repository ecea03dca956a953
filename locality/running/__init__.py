"""Everything on one machine: embedded servers, the supervisor behind ``up``, the doctor. Imports only the kernel."""
