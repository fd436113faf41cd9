"""一件事 for the public: which scenes there are and what each takes."""
