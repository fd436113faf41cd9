"""一企一档: enterprises and their dated facts, each with source and the day it was observed."""
