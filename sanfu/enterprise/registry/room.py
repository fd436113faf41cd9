"""The room of enterprises (企业档案): facts of each firm, with their origin."""

from sanfu.records.manifest import Room

ROOM = Room(code="enterprise.registry", label="企业档案", order=10)
