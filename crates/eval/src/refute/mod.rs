//! Small databases on which two plans differ.
