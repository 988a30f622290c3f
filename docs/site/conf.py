"""The options of Sphinx, MyST-NB and the theme for `python course.py site`."""

from commands import addresses, lessons

project = html_title = "PyTorch from the gradient up"
extensions = [
    "myst_nb",
    "sphinx.ext.autosectionlabel",
    "sphinx.ext.githubpages",
    "sphinx_copybutton",
    "commands.website.pages",
    "commands.website.animation",
    "commands.website.frames",
    "commands.website.predictions",
    "commands.website.exercises",
    "commands.website.glossary",
    "commands.website.letters",
    "commands.website.previews",
    "commands.website.questions",
    "commands.website.reading",
    "commands.website.searching",
    "commands.website.weight",
]
autosectionlabel_prefix_document = True  # for those who link to a section from elsewhere
suppress_warnings = ["autosectionlabel.*"]  # a page may have two sections of the same title
nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "html_image", "substitution"]
myst_heading_anchors = 3
myst_heading_slug_func = "commands.mentions.heading_id"  # as in JupyterLab
html_math_renderer = "mathml"
html_theme = "sphinx_book_theme"
html_static_path = ["static"]
html_favicon = "static/icon.svg"
html_css_files = [
    "site.css",
    "formulas.css",
    "phone.css",
    "frames.css",
    "exercises.css",
    "glossary.css",
    "reading.css",
    "icons.css",
]  # the last is made last
html_js_files = [
    "site.js",
    "folds.js",
    "frames.js",
    "animation.js",
    "full_size.js",
    "print.js",
    "glossary.js",
    "searching.js",
]
html_scaled_image_link = False
html_use_index = False
html_theme_options = {
    "extra_footer": "The code: MIT License. The text: CC BY 4.0.",
    "footer_content_items": ["extra-footer"],
    "navbar_persistent": [],
    "search_bar_text": "Search",
    "toc_title": "On this page",
    "use_download_button": False,  # a lesson has a link of its own
    "use_fullscreen_button": False,
}
html_context = {"default_mode": "auto"}  # light or dark, as the browser asks

# What only a copy with an address of its own can offer.
repository = addresses.repository()
html_baseurl = addresses.website(repository)
first = lessons.files(lessons.ROOT / "notebooks", ".ipynb")[0].stem
links = [f"[{name}]({link})" for name, link in addresses.opening(first, repository).items()]
online = f"**In the browser, with nothing to install**: {', '.join(links)} run the lessons."
myst_substitutions = {"online": online if links else ""}
if addresses.is_on_github(repository):
    source = "{{ file_name.replace('notebooks/', 'lessons/').replace('.ipynb', '.py') }}"
    html_context |= {"edit_page_url_template": f"{repository}/edit/main/{source}"}
    html_theme_options |= {"use_edit_page_button": True}
