"""Law as one Python file that decides cases where nothing is installed.

writing.module_text(program)    the text of the file
closure.sources(root)           the modules that it carries, found by their imports
literals                        texts as literals that cannot become code
carried                         what is copied into the file: loader, `decide`, `main`
entry                           what those two do, in the carried runtime
"""
