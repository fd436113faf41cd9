"""No two modules import each other, not even inside a function: each can be read without the other."""

import grimp


def test_no_two_modules_import_each_other() -> None:
    graph = grimp.build_graph("sanfu", cache_dir=None, exclude_type_checking_imports=True)
    imported = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(imported) > 900
    circles = [
        (one, other)
        for one in sorted(imported)
        for other in sorted(imported[one])
        if one < other and one in imported.get(other, ())
    ]
    assert not circles
