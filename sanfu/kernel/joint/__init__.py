"""Joint applications (一件事): a bundle of items is compiled into one guide, and the guide is proved.

The way through: `source` reads text, `load` checks it into a `catalog`, `compile` derives the guide,
`verify` proves the guide again without any of the compiler's code.
"""
