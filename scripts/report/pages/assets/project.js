"use strict";

// What commands have to say of the project, behind their script; written anew beside the pages of a project that is not the default one.
window.blueprintProject = "";
