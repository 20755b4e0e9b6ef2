//! Traces of several programs, and of none.
