"""Joint applications (一件事): a bundle of items is compiled into one guide, and the guide is proved.

The way through: `catalogue` reads text and refuses what cannot be right, `compiling` derives the guide, `proving`
proves it again without any of their code (the import contract holds that), `conformance` lays what happened beside it,
`export` writes it for others. A guide is sealed by `seal`, which both sides read.
"""
